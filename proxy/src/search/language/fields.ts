// The fields that mean the same in every store. Any other name is an attribute or a label of that name, unless it looks
// like one of these misspelt: then it is better to ask than to find nothing.

const FIELDS = ['service', 'level', 'trace', 'span', 'duration', 'name', 'signal', 'source'] as const;
export type Field = (typeof FIELDS)[number];

/** What the stores and OpenTelemetry call them. */
const ALIASES: Readonly<Record<string, Field>> = {
  'service.name': 'service',
  service_name: 'service',
  severity: 'level',
  detected_level: 'level',
  severity_text: 'level',
  trace_id: 'trace',
  traceid: 'trace',
  span_id: 'span',
  spanid: 'span',
};

export function fieldOf(name: string): Field | undefined {
  const lower = name.toLowerCase();
  return FIELDS.find((field) => field === lower) ?? ALIASES[lower];
}

/** The one of `known` that `given` is a slip of the hand away from. */
export function didYouMean(given: string, known: readonly string[] = FIELDS): string | undefined {
  const lower = given.toLowerCase();
  return known.find((name) => {
    const slips = name.length > 5 ? 2 : 1;
    return Math.abs(name.length - lower.length) <= slips && distance(lower, name) <= slips;
  });
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (isSame ? 0 : 1),
          isSwapped ? at(i - 2, j - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(a.length, b.length);
}

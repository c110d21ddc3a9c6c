/** What may be written at a place of a query. Pure. The language itself is the search service's. */
import { SEVERITIES } from '../search/signals';

export interface Completions {
  /** What a choice replaces. */
  from: number;
  to: number;
  /** As they are written. */
  options: readonly string[];
}

/** Values that have been seen, by field. */
export type KnownValues = Readonly<Record<string, readonly string[]>>;

const FIELDS = ['service', 'level', 'trace', 'span', 'duration', 'name', 'signal', 'source'] as const;

const FIXED: KnownValues = {
  level: SEVERITIES,
  signal: ['logs', 'traces', 'metrics'],
  source: ['loki', 'tempo', 'prometheus', 'opensearch'],
};

const MOST = 8;

/** Null where nothing is to be offered: in a quote, after a space, or when what stands there is complete. */
export function completionsAt(text: string, caret: number, known: KnownValues): Completions | null {
  const before = text.slice(0, caret);
  const word = /(?:^|\s)-?([^\s"]*)$/.exec(before)?.[1];
  if (!word || isInQuote(before)) {
    return null;
  }
  const from = caret - word.length;
  const to = caret + /^[^\s]*/.exec(text.slice(caret))![0].length;
  const colon = word.indexOf(':');
  const options =
    colon < 0
      ? beginningWith(word, [...FIELDS, ...Object.keys(known)]).map((field) => `${field}:`)
      : beginningWith(word.slice(colon + 1), valuesOf(word.slice(0, colon), known)).map(
          (value) => word.slice(0, colon + 1) + written(value)
        );
  const offered = [...new Set(options)].filter((option) => option !== word).slice(0, MOST);
  return offered.length > 0 ? { from, to, options: offered } : null;
}

export function complete(text: string, { from, to }: Completions, option: string): { text: string; caret: number } {
  const isField = option.endsWith(':');
  const rest = text.slice(to);
  const space = isField || rest.startsWith(' ') ? '' : ' ';
  return { text: text.slice(0, from) + option + space + rest, caret: from + option.length + (isField ? 0 : 1) };
}

const valuesOf = (field: string, known: KnownValues) => [...(known[field] ?? []), ...(FIXED[field] ?? [])];

const beginningWith = (start: string, all: readonly string[]) =>
  all.filter((each) => each.toLowerCase().startsWith(start.toLowerCase()));

const written = (value: string) => (/[\s"]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value);

const isInQuote = (text: string) => (text.match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1;

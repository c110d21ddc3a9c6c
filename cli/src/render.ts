/** Answers as people read them: lists as tables, one thing as lines of name and value. */

type Shown = Record<string, unknown>;

/** @param columns places in an item, as `actor.name` */
export function table(items: readonly object[], columns: readonly string[]): string {
  const rows = items.map((item) => columns.map((column) => cell(at(item as Shown, column))));
  const head = columns.map((column) => title(column));
  const widths = head.map((text, i) => Math.max(text.length, ...rows.map((row) => row[i]!.length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Nested objects become `outer.inner`, lists of objects a table of their own. */
export function record(value: object): string {
  const fields = flatten(value as Shown);
  const lists = fields.filter((field): field is [string, object[]] => isListOfObjects(field[1]));
  const plain = fields.filter(([, value]) => !isListOfObjects(value));
  const width = Math.max(0, ...plain.map(([name]) => name.length));
  const lines = plain.map(([name, value]) => `${name.padEnd(width)}  ${cell(value)}`);
  const tables = lists.map(([name, items]) => `\n${name}\n${table(items, columnsOf(items))}`);
  return [...lines, ...tables].join('\n');
}

/** All there is, for a list nobody has chosen columns for. */
export function columnsOf(items: readonly object[]): string[] {
  return [...new Set(items.flatMap((item) => Object.keys(item)))];
}

function flatten(value: Shown, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, inner]): [string, unknown][] =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) && Object.keys(inner).length > 0
      ? flatten(inner as Shown, `${prefix}${name}.`)
      : [[`${prefix}${name}`, inner]],
  );
}

const isListOfObjects = (value: unknown): value is object[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((item) => typeof item === 'object' && item !== null);

const at = (item: Shown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Shown | undefined)?.[name], item);

/** `actor.name` as ACTOR, `lastUsedAt` as LAST USED AT. */
function title(column: string): string {
  const words = column.replace(/\.name$/, '').replace('.', ' ');
  return words.replace(/[A-Z]/g, (letter) => ` ${letter}`).toUpperCase();
}

function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (Array.isArray(value)) return value.length ? value.map(cell).join(',') : '-';
  if (typeof value === 'object') return Object.keys(value).length ? JSON.stringify(value) : '-';
  // One line, whatever somebody has put into a name or a user agent: nothing of it may steer the terminal.
  return `${value as string | number | boolean}`.replace(/\p{Cc}/gu, ' ');
}

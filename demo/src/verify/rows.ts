/** The result of the check: which cells are wrong, and how it reads as a table. */
import type { Finding } from './ask.ts';

/** From the push to the first answer that holds the event. */
const LIMIT_SECONDS = 5;

export interface Row {
  tenant: string;
  signal: string;
  via: string;
  path: string;
  /** Until the owner saw it; null when that did not happen. */
  seconds: number | null;
  owner: Finding;
  other: Finding | 'not asked';
}

/** Right is: seen by the owner in time, and a proper, empty answer for the other tenant. */
export function isRight(row: Row): boolean {
  return isInTime(row) && row.owner === 'seen' && row.other === 'nothing';
}

function isInTime({ seconds }: Row): boolean {
  return seconds !== null && seconds <= LIMIT_SECONDS;
}

const HEADINGS = [
  'tenant',
  'signal',
  'pushed as',
  'query path',
  'seconds',
  'seen by owner',
  'seen by the other',
  '',
];

export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.tenant,
    row.signal,
    row.via,
    row.path,
    row.seconds === null ? '–' : row.seconds.toFixed(2),
    row.owner === 'seen' ? 'yes' : 'NO',
    otherCell(row.other),
    isRight(row) ? 'ok' : 'WRONG',
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 4 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = widths
    .map((width) => '─'.repeat(width))
    .join('  ')
    .trimEnd();
  return [line(HEADINGS), rule, ...cells.map(line), '', ...problems(rows), summary(rows)].join('\n');
}

function summary(rows: readonly Row[]): string {
  const wrong = rows.filter((row) => !isRight(row)).length;
  const slowest = Math.max(0, ...rows.map(({ seconds }) => seconds ?? 0));
  const verdict =
    wrong === 0 ? `All ${rows.length} rows are right` : `${wrong} of ${rows.length} rows are WRONG`;
  return `${verdict}; the slowest event was visible after ${slowest.toFixed(2)} s (limit ${LIMIT_SECONDS} s).`;
}

function otherCell(other: Row['other']): string {
  if (other === 'nothing') return 'no';
  if (other === 'seen') return 'YES: A LEAK';
  return other === 'not asked' ? other : 'no proper answer';
}

function problems(rows: readonly Row[]): string[] {
  const lines = rows.flatMap((row) =>
    [row.owner, row.other].flatMap((finding) =>
      typeof finding === 'object' ? [`${row.tenant}, ${row.signal} ${row.path}: ${finding.problem}`] : [],
    ),
  );
  return lines.length > 0 ? [...lines, ''] : [];
}

import type { AuditEvent } from '@obstack/contracts';

export interface DiffRow {
  field: string;
  /** Null where there was, or is, nothing. */
  before: string | null;
  after: string | null;
}

/** The fields that changed, as text. */
export function diffRows(diff: NonNullable<AuditEvent['diff']>): DiffRow[] {
  return Object.entries(diff).map(([field, { from, to }]) => ({ field, before: textOf(from), after: textOf(to) }));
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) {
    return null;
  }
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}

// Where each source of a search stopped, as one opaque text that the client brings back. It is not secret and not trusted:
// it names positions within the caller's own data, and every part of it is checked again when it is used.
import { createHash } from 'node:crypto';
import { SearchSource } from '@obstack/contracts/search';
import { z } from 'zod';
import { refuse } from '../http/refusal.ts';

/** Source → its position; null for one that has yet to begin. Sources that are through are not in it. */
export type Positions = ReadonlyMap<SearchSource, string | null>;

const Cursor = z.strictObject({
  /** What it belongs to. */
  of: z.string(),
  at: z.partialRecord(SearchSource, z.string().nullable()),
});

/** Everything that decides what a search walks through. */
export interface Walk {
  readonly tenantId: string;
  readonly query: string;
  readonly from: string;
  readonly to: string;
  readonly signals: readonly string[] | undefined;
}

export function encodeCursor(walk: Walk, positions: Positions): string | null {
  if (positions.size === 0) return null;
  const cursor: z.infer<typeof Cursor> = { of: nameOf(walk), at: Object.fromEntries(positions) };
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @throws a 400 refusal for what is no cursor of this walk */
export function decodeCursor(walk: Walk, text: string): Positions {
  let cursor: z.infer<typeof Cursor>;
  try {
    cursor = Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (cause) {
    throw notACursor('this is not a cursor', cause);
  }
  if (cursor.of !== nameOf(walk)) throw notACursor('this cursor belongs to another search');
  return new Map(Object.entries(cursor.at) as [SearchSource, string | null][]);
}

const notACursor = (message: string, cause?: unknown) =>
  refuse.badRequest(message, {
    location: 'cursor',
    fix: 'send "next" of the answer before, with the same query, range and signals',
    cause,
  });

const nameOf = ({ tenantId, query, from, to, signals }: Walk): string =>
  createHash('sha256')
    .update(JSON.stringify([tenantId, query, from, to, signals?.toSorted() ?? null]))
    .digest('base64url')
    .slice(0, 22);

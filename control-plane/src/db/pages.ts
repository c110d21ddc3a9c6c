/** Keyset pagination over `(created_at, id)`: stable while rows are added, and one index read per page. */
import { InvalidError } from '@obstack/service-kit/problem';
import { MAX_TIMESTAMP_MS, type Page, type PageQuery } from '@obstack/contracts';
import type { Knex } from 'knex';
import { z } from 'zod';

interface Row {
  id: string;
  created_at: Date;
}

const Position = z.tuple([z.int().min(0).max(MAX_TIMESTAMP_MS), z.string()]);

/**
 * Reads one page of `query`.
 * @param id what an id of these rows looks like
 * @param order oldest first unless said otherwise
 * @throws InvalidError when the cursor is not one of ours
 */
export async function readPage<R extends Row>(
  query: Knex.QueryBuilder,
  id: z.ZodType<string>,
  page: PageQuery,
  order: 'oldest-first' | 'newest-first' = 'oldest-first',
): Promise<Page<R>> {
  const [beyond, direction] = order === 'oldest-first' ? ['>', 'asc'] : ['<', 'desc'];
  if (page.cursor !== undefined) {
    void query.whereRaw(`(created_at, id) ${beyond} (?, ?)`, decode(page.cursor, id));
  }
  // One row more than asked for says whether there is another page.
  const columns = ['created_at', 'id'].map((column) => ({ column, order: direction }));
  const rows = (await query.orderBy(columns).limit(page.limit + 1)) as R[];
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  return { items, next: last && rows.length > items.length ? encode(last) : null };
}

function encode({ created_at, id }: Row): string {
  return Buffer.from(JSON.stringify([created_at.getTime(), id])).toString('base64url');
}

function decode(cursor: string, idSchema: z.ZodType<string>): [Date, string] {
  try {
    const [ms, id] = Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return [new Date(ms), idSchema.parse(id)];
  } catch {
    throw new InvalidError('The cursor is not one that this API gave out.', [
      {
        location: 'query.cursor',
        message: 'Unknown cursor',
        fix: 'Send the `next` of the page before, unchanged',
      },
    ]);
  }
}

import type { Knex } from 'knex';

/**
 * Lets the service use a table, and shows it the rows of its transaction's scope only: `obstack.tenant` holds a
 * tenant's id, or `*` for the platform; nothing is visible while it holds neither.
 * @param options.column the one that names the tenant; null for a table of the platform itself
 * @param options.rights what the service may do with it
 */
export async function protect(
  db: Knex,
  table: string,
  {
    column = 'tenant_id',
    rights = 'SELECT, INSERT, UPDATE, DELETE',
  }: { column?: string | null; rights?: string } = {},
): Promise<void> {
  await db.raw(`
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY tenant_scope ON ${table} USING (${inScope(column)});
    GRANT ${rights} ON ${table} TO obstack_app;
  `);
}

/**
 * A CASE, as PostgreSQL takes that to hold for half of all rows. Of an OR of the two it expects next to none, and then
 * reads and sorts a whole table for each page of a list rather than walking along an index.
 */
export function inScope(column: string | null): string {
  const own = column === null ? 'false' : `${column}::text = current_setting('obstack.tenant', true)`;
  return `CASE WHEN current_setting('obstack.tenant', true) = '*' THEN true ELSE ${own} END`;
}

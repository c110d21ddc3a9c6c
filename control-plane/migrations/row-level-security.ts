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
  const own = column === null ? 'false' : `${column}::text = current_setting('obstack.tenant', true)`;
  await db.raw(`
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY tenant_scope ON ${table}
      USING (${own} OR current_setting('obstack.tenant', true) = '*');
    GRANT ${rights} ON ${table} TO obstack_app;
  `);
}

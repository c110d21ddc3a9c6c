import type { Knex } from 'knex';
import { inScope } from './row-level-security.ts';

export async function up(db: Knex): Promise<void> {
  // Tables that were protected when `protect` had another condition.
  const { rows } = await db.raw<{ rows: { table: string }[] }>(`
    SELECT tablename AS "table" FROM pg_policies
    WHERE schemaname = 'public' AND policyname = 'tenant_scope' AND ltrim(qual) NOT LIKE 'CASE%' AND qual LIKE '%_id)::text%'
       OR policyname = 'tenant_scope' AND tablename = 'tenants'
  `);
  for (const { table } of rows) {
    await db.raw(
      `ALTER POLICY tenant_scope ON ${table} USING (${inScope(table === 'tenants' ? 'id' : 'tenant_id')})`,
    );
  }
  await db.raw(`
    -- Under row-level security an index can be searched by leakproof operators alone, and the one that compares enums
    -- (kind) is none. What follows kind in an index would be of no use.
    DROP INDEX credentials_page_idx;
    CREATE INDEX credentials_page_idx ON credentials (tenant_id, created_at, id);

    CREATE INDEX audit_events_actor_id_idx ON audit_events (actor_id, created_at DESC, id DESC);
    CREATE INDEX audit_events_actor_name_idx ON audit_events (actor_name, created_at DESC, id DESC);
    CREATE INDEX audit_events_target_idx ON audit_events (target_id, created_at DESC, id DESC);
    CREATE INDEX audit_events_action_idx ON audit_events (action, created_at DESC, id DESC);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    DROP INDEX audit_events_actor_id_idx, audit_events_actor_name_idx, audit_events_target_idx,
      audit_events_action_idx, credentials_page_idx;
    CREATE INDEX credentials_page_idx ON credentials (tenant_id, kind, created_at, id);
  `);
}

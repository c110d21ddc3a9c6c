import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- Also while rows are applied as a replica's, when ordinary triggers sleep.
    ALTER TABLE audit_events ENABLE ALWAYS TRIGGER audit_append_only;
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('ALTER TABLE audit_events ENABLE TRIGGER audit_append_only');
}

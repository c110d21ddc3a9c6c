import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- Of what it made: where a worker would make another, it makes it anew.
    ALTER TABLE provisioning_steps ADD COLUMN edition VARCHAR(64);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('ALTER TABLE provisioning_steps DROP COLUMN edition');
}

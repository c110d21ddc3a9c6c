import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE operators (
      id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
      email VARCHAR(255) NOT NULL UNIQUE,
      -- Argon2id as a PHC string.
      password_hash VARCHAR(255) NOT NULL,
      -- Of the whole API token.
      token_sha256 CHAR(64) NOT NULL UNIQUE,
      created_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW()
    );
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE operators;');
}

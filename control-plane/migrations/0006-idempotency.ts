import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE idempotency_keys (
      -- Of actor, endpoint and key, so that nobody meets another's key.
      id CHAR(64) PRIMARY KEY,
      request_sha256 CHAR(64) NOT NULL,
      -- Encrypted: the answer to the making of a key holds its secret.
      answer TEXT NOT NULL,
      created_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW()
    );
    CREATE INDEX idempotency_keys_age_idx ON idempotency_keys (created_at);
    GRANT SELECT, INSERT, DELETE ON idempotency_keys TO obstack_app;
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE idempotency_keys');
}

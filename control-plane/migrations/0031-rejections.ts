import type { Knex } from 'knex';
import { protect } from './row-level-security.ts';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE rejections (
      id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
      created_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW(),
      tenant_id UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
      key_id CHAR(12) NOT NULL REFERENCES credentials (id) ON DELETE CASCADE,
      -- Null when it was refused before anybody looked at what it was.
      signal TEXT,
      reason VARCHAR(64) NOT NULL,
      status SMALLINT NOT NULL,
      -- The hour: however often something is refused, it is one row an hour.
      hour TIMESTAMPTZ(3) NOT NULL,
      count BIGINT NOT NULL,
      first_at TIMESTAMPTZ(3) NOT NULL,
      last_at TIMESTAMPTZ(3) NOT NULL,
      -- What the sender was told, once.
      detail TEXT NOT NULL,
      UNIQUE NULLS NOT DISTINCT (key_id, signal, reason, status, hour)
    );
    CREATE INDEX rejections_page_idx ON rejections (tenant_id, created_at DESC, id DESC);
    CREATE INDEX rejections_age_idx ON rejections (last_at);
  `);
  await protect(db, 'rejections');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE rejections');
}

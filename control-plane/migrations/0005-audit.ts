import type { Knex } from 'knex';
import { protect } from './row-level-security.ts';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TYPE audit_outcome AS ENUM ('success', 'denied', 'failure');

    CREATE TABLE audit_events (
      id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
      created_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW(),
      -- No reference: what was done in a tenant outlives it.
      tenant_id UUID,
      actor_type VARCHAR(32) NOT NULL,
      actor_id VARCHAR(255) NOT NULL,
      actor_name VARCHAR(255) NOT NULL,
      ip VARCHAR(64),
      user_agent VARCHAR(512),
      action VARCHAR(128) NOT NULL,
      target_type VARCHAR(64) NOT NULL,
      target_id VARCHAR(255),
      outcome audit_outcome NOT NULL,
      reason TEXT,
      request_id VARCHAR(64) NOT NULL,
      -- {field: {from, to}}, of what the API shows, which holds no secret.
      diff JSONB
    );
    CREATE INDEX audit_events_page_idx ON audit_events (tenant_id, created_at DESC, id DESC);
    CREATE INDEX audit_events_platform_idx ON audit_events (created_at DESC, id DESC);

    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$;

    -- The service may not, by its rights; the trigger holds for the owner of the table too.
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  `);
  await protect(db, 'audit_events', { rights: 'SELECT, INSERT' });
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE audit_events; DROP FUNCTION refuse_change; DROP TYPE audit_outcome;');
}

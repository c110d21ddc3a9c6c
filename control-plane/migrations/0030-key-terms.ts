import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    ALTER TABLE credentials
      -- {limit: number}: what the key has of its own, below its tenant's.
      ADD COLUMN limits JSONB NOT NULL DEFAULT '{}',
      ADD COLUMN last_used_at TIMESTAMPTZ(3),
      -- Made for a test event, in place of this key; short-lived and shown nowhere.
      ADD COLUMN test_of CHAR(12) REFERENCES credentials (id) ON DELETE CASCADE;
    CREATE INDEX credentials_test_of_idx ON credentials (test_of) WHERE test_of IS NOT NULL;

    DROP TRIGGER credential_changed ON credentials;
    -- Not on last_used_at: that is what the proxies themselves report.
    CREATE TRIGGER credential_changed
      AFTER DELETE OR UPDATE OF sha256, tenant_id, kind, signals, expires_at, revoked_at, limits ON credentials
      FOR EACH ROW EXECUTE FUNCTION notify_credential_changed();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    DELETE FROM credentials WHERE test_of IS NOT NULL;
    DROP TRIGGER credential_changed ON credentials;
    ALTER TABLE credentials DROP COLUMN limits, DROP COLUMN last_used_at, DROP COLUMN test_of;
    CREATE TRIGGER credential_changed
      AFTER DELETE OR UPDATE OF sha256, tenant_id, kind, signals, expires_at, revoked_at ON credentials
      FOR EACH ROW EXECUTE FUNCTION notify_credential_changed();
  `);
}

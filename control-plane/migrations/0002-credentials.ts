import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TYPE credential_kind AS ENUM ('ingestion-key', 'query-token');

    CREATE TABLE credentials (
      id CHAR(12) PRIMARY KEY,
      tenant_id UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
      kind credential_kind NOT NULL,
      name VARCHAR(255) NOT NULL,
      -- Of the whole credential; the credential itself is nowhere.
      sha256 CHAR(64) NOT NULL UNIQUE,
      signals TEXT[] NOT NULL CHECK (
        cardinality(signals) > 0 AND signals <@ ARRAY['logs', 'metrics', 'traces']
      ),
      created_by VARCHAR(255) NOT NULL,
      created_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW(),
      expires_at TIMESTAMPTZ,
      revoked_at TIMESTAMPTZ,
      rotated_to CHAR(12) REFERENCES credentials (id)
    );
    CREATE INDEX credentials_page_idx ON credentials (tenant_id, kind, created_at, id);
  `);
  // As triggers, so that no way of changing a row can forget to tell the proxies: a statement typed into
  // psql at night revokes as fast as the API does. NOTIFY is delivered when, and only if, its transaction
  // commits.
  await db.raw(`
    CREATE FUNCTION notify_credential_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('credential_changed', OLD.sha256);
      RETURN NULL;
    END $$;

    CREATE TRIGGER credential_changed
      AFTER DELETE OR UPDATE OF sha256, tenant_id, kind, signals, expires_at, revoked_at ON credentials
      FOR EACH ROW EXECUTE FUNCTION notify_credential_changed();

    CREATE FUNCTION notify_tenant_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('credential_changed', sha256) FROM credentials WHERE tenant_id = NEW.id;
      RETURN NULL;
    END $$;

    CREATE TRIGGER tenant_changed
      AFTER UPDATE OF is_active ON tenants
      FOR EACH ROW EXECUTE FUNCTION notify_tenant_changed();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    DROP TRIGGER tenant_changed ON tenants;
    DROP TABLE credentials;
    DROP FUNCTION notify_tenant_changed;
    DROP FUNCTION notify_credential_changed;
    DROP TYPE credential_kind;
  `);
}

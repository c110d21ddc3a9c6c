import type { Knex } from 'knex';
import { protect } from './row-level-security.ts';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- The realms we made: a token of any other is nobody's.
    CREATE TABLE keycloak_realms (
      realm VARCHAR(255) PRIMARY KEY,
      -- Whose own realm it is; null for the shared one.
      tenant_id UUID UNIQUE REFERENCES tenants (id) ON DELETE CASCADE,
      issuer VARCHAR(512) NOT NULL UNIQUE,
      -- Public keys as last seen: with them tokens are good while Keycloak is away, over a restart too.
      jwks JSONB NOT NULL,
      created_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW()
    );

    -- Beside tenants.keycloak_realm_id, its realm of its own; this one lives in the shared realm.
    ALTER TABLE tenants ADD COLUMN keycloak_organization_id UUID UNIQUE;
    CREATE TRIGGER tenant_realm_changed
      AFTER UPDATE OF keycloak_realm_id, keycloak_organization_id ON tenants
      FOR EACH ROW EXECUTE FUNCTION notify_tenant_changed();

    -- Which session of Keycloak's stands behind one of ours.
    CREATE TABLE keycloak_sessions (
      session_id UUID PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
      tenant_id UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
      realm VARCHAR(255) NOT NULL,
      sid VARCHAR(255) NOT NULL
    );
    CREATE INDEX keycloak_sessions_tenant_idx ON keycloak_sessions (tenant_id);

    -- What Keycloak has yet to be told about users it knows.
    CREATE TABLE keycloak_user_changes (
      keycloak_user_id UUID NOT NULL,
      change VARCHAR(16) NOT NULL CHECK (change IN ('password', 'removed')),
      tenant_id UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
      -- Milliseconds, as JavaScript has them: it tells one that has come again meanwhile.
      noted_at TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (keycloak_user_id, change)
    );
    CREATE INDEX keycloak_user_changes_tenant_idx ON keycloak_user_changes (tenant_id);
  `);
  // As triggers, so that no way of removing a user leaves them an account with which to come back.
  await db.raw(`
    CREATE FUNCTION note_keycloak_user_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO keycloak_user_changes (keycloak_user_id, change, tenant_id)
        -- Where the tenant goes too, its realm does.
        SELECT OLD.keycloak_user_id, TG_ARGV[0], id FROM tenants WHERE id = OLD.tenant_id
        ON CONFLICT (keycloak_user_id, change) DO UPDATE SET noted_at = clock_timestamp();
      RETURN NULL;
    END $$;
    CREATE TRIGGER keycloak_user_removed AFTER DELETE ON users
      FOR EACH ROW WHEN (OLD.keycloak_user_id IS NOT NULL)
      EXECUTE FUNCTION note_keycloak_user_change('removed');
    CREATE TRIGGER keycloak_password_changed AFTER UPDATE OF hashed_password ON users
      FOR EACH ROW WHEN (OLD.keycloak_user_id IS NOT NULL AND NEW.hashed_password IS NOT NULL)
      EXECUTE FUNCTION note_keycloak_user_change('password');
  `);
  await protect(db, 'keycloak_realms');
  await db.raw('CREATE POLICY shared_realm ON keycloak_realms FOR SELECT USING (tenant_id IS NULL)');
  await protect(db, 'keycloak_sessions');
  await protect(db, 'keycloak_user_changes');
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    DROP TRIGGER keycloak_user_removed ON users;
    DROP TRIGGER keycloak_password_changed ON users;
    DROP FUNCTION note_keycloak_user_change;
    DROP TABLE keycloak_user_changes;
    DROP TABLE keycloak_sessions;
    DROP TRIGGER tenant_realm_changed ON tenants;
    ALTER TABLE tenants DROP COLUMN keycloak_organization_id;
    DROP TABLE keycloak_realms;
  `);
}

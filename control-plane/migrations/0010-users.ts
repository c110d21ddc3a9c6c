import type { Knex } from 'knex';
import { protect } from './row-level-security.ts';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE users (
      id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
      tenant_id UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
      keycloak_user_id UUID UNIQUE,
      email VARCHAR(255) UNIQUE NOT NULL CHECK (email = lower(email)),
      -- Argon2id as a PHC string; null until a password is set, and for those who sign in elsewhere.
      hashed_password VARCHAR(255),
      roles VARCHAR(50)[] NOT NULL DEFAULT ARRAY['viewer']::VARCHAR(50)[],
      is_active BOOLEAN NOT NULL DEFAULT TRUE,
      created_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW(),
      updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW()
    );
    CREATE INDEX idx_users_tenant_id ON users (tenant_id, created_at, id);
    -- For login, which takes an address in any letter case.
    CREATE INDEX operators_email_idx ON operators (lower(email));

    CREATE TABLE custom_roles (
      tenant_id UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
      name VARCHAR(50) NOT NULL CHECK (name NOT IN ('viewer', 'editor', 'admin')),
      description VARCHAR(255) NOT NULL,
      permissions TEXT[] NOT NULL,
      created_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW(),
      updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW(),
      PRIMARY KEY (tenant_id, name)
    );

    CREATE TABLE set_password_tokens (
      -- One for each user: a new one takes the place of the one before.
      user_id UUID PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      tenant_id UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
      sha256 CHAR(64) NOT NULL UNIQUE,
      expires_at TIMESTAMPTZ(3) NOT NULL
    );
    CREATE INDEX set_password_tokens_tenant_idx ON set_password_tokens (tenant_id);
  `);
  // As triggers for the reason that migration 0002 gives: no way of changing a row can forget to tell.
  await db.raw(`
    CREATE FUNCTION notify_user_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('identity_changed', 'user:' || OLD.id);
      RETURN NULL;
    END $$;
    CREATE TRIGGER user_changed
      AFTER DELETE OR UPDATE OF tenant_id, keycloak_user_id, roles, is_active ON users
      FOR EACH ROW EXECUTE FUNCTION notify_user_changed();

    -- Any number of users may have the role: one word about the tenant instead of one about each of them.
    CREATE FUNCTION notify_role_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('identity_changed', 'tenant:' || COALESCE(OLD.tenant_id, NEW.tenant_id));
      RETURN NULL;
    END $$;
    CREATE TRIGGER role_changed
      AFTER INSERT OR DELETE OR UPDATE OF tenant_id, name, permissions ON custom_roles
      FOR EACH ROW EXECUTE FUNCTION notify_role_changed();
  `);
  for (const table of ['users', 'custom_roles', 'set_password_tokens']) await protect(db, table);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    DROP TABLE set_password_tokens;
    DROP TABLE custom_roles;
    DROP TABLE users;
    DROP FUNCTION notify_role_changed;
    DROP FUNCTION notify_user_changed;
    DROP INDEX operators_email_idx;
  `);
}

import type { Knex } from 'knex';
import { protect } from './row-level-security.ts';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TYPE session_method AS ENUM ('password', 'keycloak');

    CREATE TABLE sessions (
      id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
      -- A user's; null for an operator's.
      tenant_id UUID REFERENCES tenants (id) ON DELETE CASCADE,
      user_id UUID REFERENCES users (id) ON DELETE CASCADE,
      operator_id UUID REFERENCES operators (id) ON DELETE CASCADE,
      method session_method NOT NULL,
      -- Of the one refresh token that works; the token is nowhere.
      refresh_sha256 CHAR(64) NOT NULL UNIQUE,
      ip VARCHAR(64),
      user_agent VARCHAR(512),
      created_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW(),
      last_used_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW(),
      -- It ends at whichever comes first; use puts off the first of them only.
      idle_until TIMESTAMPTZ(3) NOT NULL,
      expires_at TIMESTAMPTZ(3) NOT NULL,
      ended_at TIMESTAMPTZ(3),
      CHECK ((user_id IS NULL) <> (operator_id IS NULL)),
      CHECK ((user_id IS NULL) = (tenant_id IS NULL))
    );
    CREATE INDEX sessions_user_idx ON sessions (user_id, created_at, id);
    CREATE INDEX sessions_operator_idx ON sessions (operator_id, created_at, id);
    CREATE INDEX sessions_tenant_idx ON sessions (tenant_id);

    -- Refresh tokens that have been exchanged: one that comes back was stolen, or its successor was.
    CREATE TABLE used_refresh_tokens (
      sha256 CHAR(64) PRIMARY KEY,
      session_id UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE
    );
    CREATE INDEX used_refresh_tokens_session_idx ON used_refresh_tokens (session_id);

    CREATE FUNCTION notify_session_ended() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('identity_changed', 'user:' || OLD.user_id);
      RETURN NULL;
    END $$;
    CREATE TRIGGER session_ended
      AFTER DELETE OR UPDATE OF user_id, ended_at, expires_at ON sessions
      FOR EACH ROW WHEN (OLD.user_id IS NOT NULL AND OLD.ended_at IS NULL)
      EXECUTE FUNCTION notify_session_ended();

    CREATE TABLE signing_keys (
      kid VARCHAR(64) PRIMARY KEY,
      public_jwk JSONB NOT NULL,
      -- Encrypted under ENCRYPTION_KEY.
      sealed_private_jwk TEXT NOT NULL,
      created_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW()
    );

    -- Failed attempts at a password, of any copy of this service. A subject is a hash or an address, of accounts
    -- that exist and of those that do not.
    CREATE TABLE login_attempts (
      subject VARCHAR(80) PRIMARY KEY,
      failures INTEGER NOT NULL,
      last_at TIMESTAMPTZ(3) NOT NULL,
      blocked_until TIMESTAMPTZ(3) NOT NULL
    );
    CREATE INDEX login_attempts_age_idx ON login_attempts (last_at);
    -- Belongs to no tenant, and is counted within any call.
    GRANT SELECT, INSERT, UPDATE, DELETE ON login_attempts TO obstack_app;
  `);
  await protect(db, 'sessions');
  await protect(db, 'used_refresh_tokens', { column: null });
  await protect(db, 'signing_keys', { column: null, rights: 'SELECT, INSERT, DELETE' });
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    DROP TABLE login_attempts;
    DROP TABLE signing_keys;
    DROP TABLE used_refresh_tokens;
    DROP TABLE sessions;
    DROP FUNCTION notify_session_ended;
    DROP TYPE session_method;
  `);
}

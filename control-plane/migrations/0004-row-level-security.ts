import type { Knex } from 'knex';
import { protect } from './row-level-security.ts';

export async function up(db: Knex): Promise<void> {
  // A role belongs to the whole server, where another database may have made it, perhaps at this very moment.
  await db.raw(`
    DO $$ BEGIN
      CREATE ROLE obstack_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$;
    GRANT obstack_app TO CURRENT_USER;
    GRANT USAGE ON SCHEMA public TO obstack_app;
  `);
  await protect(db, 'tenants', { column: 'id' });
  await protect(db, 'credentials');
  await protect(db, 'operators', { column: null });

  // Whom a proxy must forget: one credential, or whatever belongs to a tenant.
  await db.raw(`
    CREATE OR REPLACE FUNCTION notify_credential_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('identity_changed', 'credential:' || OLD.sha256);
      RETURN NULL;
    END $$;

    CREATE OR REPLACE FUNCTION notify_tenant_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('identity_changed', 'tenant:' || OLD.id);
      RETURN NULL;
    END $$;
  `);
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['tenants', 'credentials', 'operators']) {
    await db.raw(`
      DROP POLICY tenant_scope ON ${table};
      ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY;
      REVOKE ALL ON ${table} FROM obstack_app;
    `);
  }
  await db.raw(`
    CREATE OR REPLACE FUNCTION notify_credential_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('credential_changed', OLD.sha256);
      RETURN NULL;
    END $$;

    CREATE OR REPLACE FUNCTION notify_tenant_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('credential_changed', sha256) FROM credentials WHERE tenant_id = NEW.id;
      RETURN NULL;
    END $$;
  `);
}

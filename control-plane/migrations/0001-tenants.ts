import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TYPE subscription_plan AS ENUM ('community', 'saas', 'enterprise');

    CREATE TABLE tenants (
      id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
      keycloak_realm_id VARCHAR(255) UNIQUE,
      name VARCHAR(255) NOT NULL,
      plan subscription_plan NOT NULL DEFAULT 'community',
      is_active BOOLEAN NOT NULL DEFAULT TRUE,
      -- Milliseconds, as JavaScript has them: a page's cursor must find its row again exactly.
      created_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW(),
      updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW()
    );
    CREATE UNIQUE INDEX tenants_name_key ON tenants (lower(name));
    CREATE INDEX tenants_page_idx ON tenants (created_at, id);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('DROP TABLE tenants; DROP TYPE subscription_plan;');
}

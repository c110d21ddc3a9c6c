import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TYPE tenant_state AS ENUM ('provisioning', 'ready', 'suspended', 'deleting');

    ALTER TABLE tenants
      ADD COLUMN state tenant_state NOT NULL DEFAULT 'provisioning',
      -- Over the plan's: {feature: boolean}, and {limit: number}.
      ADD COLUMN features JSONB NOT NULL DEFAULT '{}',
      ADD COLUMN limits JSONB NOT NULL DEFAULT '{}',
      -- [{cluster, namespace}]: whose costs are this tenant's.
      ADD COLUMN namespaces JSONB NOT NULL DEFAULT '[]';
    UPDATE tenants SET state = CASE WHEN is_active THEN 'ready' ELSE 'suspended' END :: tenant_state;

    DROP TRIGGER tenant_changed ON tenants;
    ALTER TABLE tenants DROP COLUMN is_active;
    -- A new tenant may push and query while what surrounds it is still being made.
    ALTER TABLE tenants ADD COLUMN is_active BOOLEAN NOT NULL
      GENERATED ALWAYS AS (state IN ('provisioning', 'ready')) STORED;
    CREATE TRIGGER tenant_changed
      AFTER DELETE OR UPDATE OF state, plan, features, limits ON tenants
      FOR EACH ROW EXECUTE FUNCTION notify_tenant_changed();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    DROP TRIGGER tenant_changed ON tenants;
    ALTER TABLE tenants DROP COLUMN is_active;
    ALTER TABLE tenants ADD COLUMN is_active BOOLEAN NOT NULL DEFAULT TRUE;
    UPDATE tenants SET is_active = state IN ('provisioning', 'ready');
    ALTER TABLE tenants
      DROP COLUMN state, DROP COLUMN features, DROP COLUMN limits, DROP COLUMN namespaces;
    DROP TYPE tenant_state;
    CREATE TRIGGER tenant_changed
      AFTER UPDATE OF is_active ON tenants
      FOR EACH ROW EXECUTE FUNCTION notify_tenant_changed();
  `);
}

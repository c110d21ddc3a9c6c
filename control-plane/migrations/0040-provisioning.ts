import type { Knex } from 'knex';
import { protect } from './row-level-security.ts';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TYPE step_state AS ENUM ('pending', 'running', 'done', 'failed', 'skipped');
    CREATE TYPE step_action AS ENUM ('apply', 'remove');

    CREATE TABLE provisioning_steps (
      tenant_id UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
      name VARCHAR(64) NOT NULL,
      action step_action NOT NULL,
      title VARCHAR(255) NOT NULL,
      -- In the order in which people should read them.
      position SMALLINT NOT NULL,
      -- Names of this tenant's steps that come first.
      after TEXT[] NOT NULL,
      state step_state NOT NULL DEFAULT 'pending',
      -- Counts what was asked for: a run that began before the last wish leaves the step pending.
      wish INTEGER NOT NULL DEFAULT 1,
      attempts INTEGER NOT NULL DEFAULT 0,
      reason TEXT,
      due_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW(),
      -- Of the run under way; a worker that does not renew it in time is taken for dead.
      lease UUID,
      lease_until TIMESTAMPTZ(3),
      started_at TIMESTAMPTZ(3),
      finished_at TIMESTAMPTZ(3),
      PRIMARY KEY (tenant_id, name),
      CHECK ((state = 'running') = (lease IS NOT NULL AND lease_until IS NOT NULL))
    );
    -- Of the few that are not settled; a settled one is in no index but its key.
    CREATE INDEX provisioning_steps_due_idx ON provisioning_steps (due_at)
      WHERE state IN ('pending', 'failed');
    CREATE INDEX provisioning_steps_lease_idx ON provisioning_steps (lease_until) WHERE state = 'running';

    -- So that work begins at once, whoever asks for it; delivered when its transaction commits.
    CREATE FUNCTION notify_provisioning_due() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('provisioning_due', 'due');
      RETURN NULL;
    END $$;
    CREATE TRIGGER provisioning_step_wanted AFTER INSERT ON provisioning_steps
      FOR EACH STATEMENT EXECUTE FUNCTION notify_provisioning_due();
    CREATE TRIGGER provisioning_step_due AFTER UPDATE ON provisioning_steps
      FOR EACH ROW WHEN (NEW.state = 'pending') EXECUTE FUNCTION notify_provisioning_due();

    -- Between several workers, who runs a job when it is time.
    CREATE TABLE periodic_jobs (
      name VARCHAR(64) PRIMARY KEY,
      due_at TIMESTAMPTZ(3) NOT NULL DEFAULT NOW()
    );

    CREATE TABLE grafana_orgs (
      tenant_id UUID PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
      -- A hint: that the org is this tenant's is written in Grafana itself.
      org_id INTEGER,
      -- The query token of its datasources, and its text, encrypted: Grafana never gives it back.
      credential_id CHAR(12) REFERENCES credentials (id) ON DELETE SET NULL,
      sealed_token TEXT
    );

    -- What is left of a tenant that is gone. No reference, therefore.
    CREATE TABLE tenant_exports (
      tenant_id UUID PRIMARY KEY,
      erase_at TIMESTAMPTZ(3) NOT NULL
    );

    CREATE TABLE tenant_namespaces (
      cluster VARCHAR(253) NOT NULL,
      namespace VARCHAR(253) NOT NULL,
      tenant_id UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
      -- Whose costs they are must never be in doubt.
      CONSTRAINT tenant_namespaces_one_owner PRIMARY KEY (cluster, namespace)
    );
    CREATE INDEX tenant_namespaces_tenant_idx ON tenant_namespaces (tenant_id);
    INSERT INTO tenant_namespaces (cluster, namespace, tenant_id)
      SELECT item ->> 'cluster', item ->> 'namespace', id
      FROM tenants, jsonb_array_elements(namespaces) AS item;
    ALTER TABLE tenants DROP COLUMN namespaces;

    -- For lists by the beginning of the name, under any collation.
    CREATE INDEX tenants_name_prefix_idx ON tenants (lower(name) text_pattern_ops);
  `);
  await protect(db, 'provisioning_steps');
  await protect(db, 'periodic_jobs', { column: null });
  await protect(db, 'grafana_orgs');
  await protect(db, 'tenant_exports');
  await protect(db, 'tenant_namespaces');
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    DROP INDEX tenants_name_prefix_idx;
    ALTER TABLE tenants ADD COLUMN namespaces JSONB NOT NULL DEFAULT '[]';
    UPDATE tenants SET namespaces = owned.list FROM (
      SELECT tenant_id, jsonb_agg(jsonb_build_object('cluster', cluster, 'namespace', namespace)) AS list
      FROM tenant_namespaces GROUP BY tenant_id
    ) AS owned WHERE owned.tenant_id = tenants.id;
    DROP TABLE tenant_namespaces;
    DROP TABLE tenant_exports;
    DROP TABLE grafana_orgs;
    DROP TABLE periodic_jobs;
    DROP TABLE provisioning_steps;
    DROP FUNCTION notify_provisioning_due;
    DROP TYPE step_action;
    DROP TYPE step_state;
  `);
}

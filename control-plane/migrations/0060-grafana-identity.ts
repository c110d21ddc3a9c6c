import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- Whose word from Grafana counts for a tenant is part of what is known of each of its credentials.
    CREATE FUNCTION notify_grafana_org_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('identity_changed', 'tenant:' || COALESCE(NEW.tenant_id, OLD.tenant_id));
      RETURN NULL;
    END $$;
    CREATE TRIGGER grafana_org_changed
      AFTER INSERT OR DELETE OR UPDATE OF org_id, credential_id ON grafana_orgs
      FOR EACH ROW EXECUTE FUNCTION notify_grafana_org_changed();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    DROP TRIGGER grafana_org_changed ON grafana_orgs;
    DROP FUNCTION notify_grafana_org_changed;
  `);
}

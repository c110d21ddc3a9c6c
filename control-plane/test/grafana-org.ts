/** A tenant's org in a Grafana that serves nothing but its signing keys: see service-kit's fake signer. */
import type { TestControlPlane } from './control-plane.ts';
import { runSql } from './database.ts';

/** The environment of a control-plane that takes the word of the Grafana at `url`. */
export const grafanaAt = (url: string) => ({
  GRAFANA_URL: url,
  GRAFANA_ADMIN_PASSWORD_FILE: '/nowhere',
  PROXY_URL: 'http://proxy.test',
  CONTROL_PLANE_URL: 'http://control-plane.test',
});

/** @returns the query token of the org, which is the tenant's from now on */
export async function giveGrafanaOrg(cp: TestControlPlane, tenantId: string, orgId: number): Promise<string> {
  const { key, secret } = await cp.createKey(tenantId, {}, 'query-tokens');
  await runSql(
    cp.databaseUrl,
    `INSERT INTO grafana_orgs (tenant_id, org_id, credential_id) VALUES ('${tenantId}', ${orgId}, '${key.id}')`,
  );
  return secret;
}

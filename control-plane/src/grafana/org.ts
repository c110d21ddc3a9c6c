/**
 * One tenant's org over Grafana's API, which can create orgs; provisioning files cannot, and are read before an org
 * could exist. Everything here may run any number of times: what is there is brought up to date.
 */
import { z } from 'zod';
import { type JsonClient, OutsideError } from '../outside/json-client.ts';
import { readDashboards, readDatasources } from './content.ts';

/** The app, which brings the datasource of the other id. */
const APP_ID = 'obstack-app';
const APP_DATASOURCE = 'obstack-datasource';

const Org = z.object({ id: z.number(), name: z.string(), address: z.object({ address1: z.string() }) });
const MadeOrg = z.object({ orgId: z.number() });

/** The administrator is a member of every org he made. */
const inOrg = (orgId: number) => ({ 'x-grafana-org-id': String(orgId) });

/**
 * The id of the tenant's org, made if need be. It is made under the tenant's id, which no other org can have, and so is
 * found again by a worker that comes after one which died before it could write the number down. Then it is marked with
 * that id, because a number alone proves nothing: after Grafana's database was made anew it may be another tenant's.
 */
export async function ensureOrg(
  grafana: JsonClient,
  tenantId: string,
  known: number | null,
): Promise<number> {
  let orgId = await findOrg(grafana, tenantId, known);
  if (orgId === undefined) {
    orgId = MadeOrg.parse(await grafana.tell('POST', '/api/orgs', { body: { name: tenantId } })).orgId;
  }
  await grafana.tell('PUT', `/api/orgs/${orgId}/address`, { body: { address1: tenantId } });
  return orgId;
}

/** The org that is this tenant's beyond doubt. */
export async function findOrg(
  grafana: JsonClient,
  tenantId: string,
  known: number | null,
): Promise<number | undefined> {
  const candidates = [...(known === null ? [] : [`/api/orgs/${known}`]), `/api/orgs/name/${tenantId}`];
  for (const path of candidates) {
    const found = await grafana.ask('GET', path);
    if (found === undefined) continue;
    const { id, name, address } = Org.parse(found);
    if (name === tenantId || address.address1 === tenantId) return id;
  }
  return undefined;
}

/** Where another org has the name, as one that people made may, a bit of the tenant's id follows it. */
export async function nameOrg(
  grafana: JsonClient,
  orgId: number,
  tenant: { id: string; name: string },
): Promise<void> {
  const rename = (name: string) => grafana.tell('PUT', `/api/orgs/${orgId}`, { body: { name } });
  try {
    await rename(tenant.name);
  } catch (error) {
    // Grafana 12 says 400 for a name that is taken.
    if (!(error instanceof OutsideError && (error.status === 400 || error.status === 409))) throw error;
    await rename(`${tenant.name} (${tenant.id.slice(0, 8)})`);
  }
}

/** What an org is told of the rest of this installation. */
export interface OrgSettings {
  /** As Grafana's server reaches them. */
  proxyUrl: string;
  controlPlaneUrl: string;
  queryToken: string;
}

/** Datasources that know the tenant's query token, dashboards, and the app where it is installed. */
export async function furnishOrg(grafana: JsonClient, orgId: number, settings: OrgSettings): Promise<void> {
  const { proxyUrl, queryToken } = settings;
  const headers = inOrg(orgId);
  // First, as its datasource is of no use before.
  const hasApp = await configureApp(grafana, headers, settings);
  for (const datasource of await readDatasources({ PROXY_URL: proxyUrl, QUERY_TOKEN: queryToken })) {
    if (datasource.type === APP_DATASOURCE && !hasApp) continue;
    const known = `/api/datasources/uid/${datasource.uid}`;
    const exists = (await grafana.ask('GET', known, { headers })) !== undefined;
    const [method, path] = exists ? ['PUT', known] : ['POST', '/api/datasources'];
    await grafana.tell(method, path, { headers, body: datasource });
  }
  const dashboards = await readDashboards();
  for (const dashboard of dashboards) {
    await grafana.tell('POST', '/api/dashboards/db', { headers, body: { dashboard, overwrite: true } });
  }
  const homeDashboardUID = dashboards[0]?.uid;
  await grafana.tell('PATCH', '/api/org/preferences', { headers, body: { homeDashboardUID } });
}

/**
 * Where the app is installed: its calls go to the proxy and to control-plane, with the org's token.
 * @returns whether it is installed
 */
async function configureApp(
  grafana: JsonClient,
  headers: Record<string, string>,
  { proxyUrl, controlPlaneUrl, queryToken }: OrgSettings,
): Promise<boolean> {
  const path = `/api/plugins/${APP_ID}/settings`;
  if ((await grafana.ask('GET', path, { headers })) === undefined) return false;
  await grafana.tell('POST', path, {
    headers,
    body: {
      enabled: true,
      pinned: true,
      jsonData: { proxyUrl, controlPlaneUrl },
      secureJsonData: { token: queryToken },
    },
  });
  return true;
}

/** One that is gone already is no error. */
export async function removeOrg(grafana: JsonClient, orgId: number): Promise<void> {
  await grafana.ask('DELETE', `/api/orgs/${orgId}`);
}

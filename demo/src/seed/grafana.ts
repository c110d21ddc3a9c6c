/**
 * One Grafana org per tenant, with datasources that know the tenant's query token and one dashboard. All of it over
 * Grafana's API, which can create orgs; provisioning files cannot, and are read before an org could exist.
 * Repeatable: what is there is brought up to date.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { fillIn } from './template.ts';

const FILES = fileURLToPath(new URL('../../../provisioning/grafana', import.meta.url));

const Datasources = z.object({
  datasources: z.array(
    z.looseObject({ name: z.string(), uid: z.string(), type: z.string(), url: z.string() }),
  ),
});
const Dashboard = z.looseObject({ uid: z.string(), title: z.string() });

interface GrafanaAdmin {
  url: string;
  user: string;
  password: string;
}

/** @param proxyUrl the proxy as Grafana reaches it. */
export async function ensureOrg(
  grafana: GrafanaAdmin,
  tenant: { name: string; queryToken: string },
  proxyUrl: string,
): Promise<void> {
  const orgId = await ensureOrgNamed(grafana, tenant.name);
  for (const datasource of await readDatasources({ PROXY_URL: proxyUrl, QUERY_TOKEN: tenant.queryToken })) {
    const known = `/api/datasources/uid/${datasource.uid}`;
    const exists = (await ask(grafana, 'GET', known, { orgId })) !== undefined;
    await tell(grafana, exists ? 'PUT' : 'POST', exists ? known : '/api/datasources', {
      orgId,
      body: datasource,
    });
  }
  const dashboards = await readDashboards();
  for (const dashboard of dashboards) {
    await tell(grafana, 'POST', '/api/dashboards/db', { orgId, body: { dashboard, overwrite: true } });
  }
  const homeDashboardUID = dashboards[0]?.uid;
  await tell(grafana, 'PATCH', '/api/org/preferences', { orgId, body: { homeDashboardUID } });
}

/** The datasources of provisioning/grafana, in the shape that both Grafana's provisioning and its API take. */
export async function readDatasources(values: { PROXY_URL: string; QUERY_TOKEN: string }) {
  const text = await readFile(join(FILES, 'datasources.yaml'), 'utf8');
  return Datasources.parse(parse(fillIn(text, values))).datasources;
}

export async function readDashboards() {
  const names = (await readdir(join(FILES, 'dashboards'))).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) =>
      Dashboard.parse(JSON.parse(await readFile(join(FILES, 'dashboards', name), 'utf8'))),
    ),
  );
}

async function ensureOrgNamed(grafana: GrafanaAdmin, name: string): Promise<number> {
  const known = await ask(grafana, 'GET', `/api/orgs/name/${encodeURIComponent(name)}`);
  if (known !== undefined) return z.object({ id: z.number() }).parse(known).id;
  const created = await tell(grafana, 'POST', '/api/orgs', { body: { name } });
  return z.object({ orgId: z.number() }).parse(created).orgId;
}

interface Details {
  /** The org to act in; the administrator is a member of every org he made. */
  orgId?: number;
  body?: unknown;
}

/** Undefined for a 404. @throws for every other answer that is not a success. */
async function ask(
  grafana: GrafanaAdmin,
  method: string,
  path: string,
  details: Details = {},
): Promise<unknown> {
  const { orgId, body } = details;
  const response = await fetch(new URL(path, grafana.url), {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${grafana.user}:${grafana.password}`).toString('base64')}`,
      'content-type': 'application/json',
      ...(orgId !== undefined && { 'x-grafana-org-id': String(orgId) }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (response.status === 404) return undefined;
  if (!response.ok)
    throw new Error(`Grafana: ${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function tell(grafana: GrafanaAdmin, method: string, path: string, details: Details): Promise<unknown> {
  const answer = await ask(grafana, method, path, details);
  if (answer === undefined) throw new Error(`Grafana: ${method} ${path}: 404`);
  return answer;
}

/**
 * People of a demo tenant in Grafana: one for each role, members of their tenant's org and of no other. Repeatable: whom
 * the demo file knows keeps the password.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { DemoTenant, GrafanaPeople } from '../demo-file.ts';

const ROLES = { viewer: 'Viewer', editor: 'Editor', admin: 'Admin' } as const;

export interface GrafanaAdmin {
  url: string;
  password: string;
}

/** @throws when the tenant has no org, or Grafana refuses */
export async function ensureGrafanaPeople(
  grafana: GrafanaAdmin,
  tenant: Pick<DemoTenant, 'id' | 'name'>,
  known: GrafanaPeople | null,
): Promise<GrafanaPeople> {
  const api = client(grafana);
  const orgId = await orgOf(api, tenant.id);
  const ensure = async (role: keyof typeof ROLES) => {
    const login = `${tenant.name}-${role}`;
    const password = known?.[role].password ?? randomBytes(18).toString('base64url');
    const userId = await ensureUser(api, orgId, { login, email: `${role}@${tenant.name}.example`, password });
    await api('PATCH', `/api/orgs/${orgId}/users/${userId}`, { role: ROLES[role] });
    return { login, password };
  };
  return {
    orgId,
    viewer: await ensure('viewer'),
    editor: await ensure('editor'),
    admin: await ensure('admin'),
  };
}

/** Grafana's first, in which its administrator is and no tenant. */
const MAIN_ORG = 1;

/** So that Grafana's administrator has the operator's pages: all tenants. Nothing where the app is not installed. */
export async function ensureGrafanaOperator(
  grafana: GrafanaAdmin,
  operator: { controlPlaneUrl: string; token: string },
): Promise<void> {
  const { controlPlaneUrl, token } = operator;
  const settings = { enabled: true, pinned: true, jsonData: { controlPlaneUrl }, secureJsonData: { token } };
  await client(grafana, MAIN_ORG)('POST', '/api/plugins/obstack-app/settings', settings);
}

type Api = (method: string, path: string, body?: object) => Promise<unknown>;

const Orgs = z.array(z.object({ id: z.int() }));
const Org = z.object({ address: z.object({ address1: z.string() }) });
const User = z.object({ id: z.int() });

/** Control-plane writes into its org which tenant it belongs to. */
async function orgOf(api: Api, tenantId: string): Promise<number> {
  for (const { id } of Orgs.parse(await api('GET', '/api/orgs?perpage=1000'))) {
    const { address } = Org.parse(await api('GET', `/api/orgs/${id}`));
    if (address.address1 === tenantId) return id;
  }
  throw new Error(`Grafana has no org of tenant ${tenantId}`);
}

async function ensureUser(
  api: Api,
  orgId: number,
  user: { login: string; email: string; password: string },
): Promise<number> {
  const found = await api('GET', `/api/users/lookup?loginOrEmail=${encodeURIComponent(user.login)}`);
  if (found === undefined) {
    const made = await api('POST', '/api/admin/users', { ...user, name: user.login, OrgId: orgId });
    return User.parse(made).id;
  }
  const { id } = User.parse(found);
  await api('PUT', `/api/admin/users/${id}/password`, { password: user.password });
  // After a new start with an old Grafana: the org is another one. 409 where they are in it already.
  await api('POST', `/api/orgs/${orgId}/users`, { loginOrEmail: user.login, role: 'Viewer' });
  return id;
}

/**
 * Undefined for what is not there, null for what is there already.
 * @param orgId in which it acts; the administrator's own unless said otherwise
 */
function client({ url, password }: GrafanaAdmin, orgId?: number): Api {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  return async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization,
        ...(body && { 'content-type': 'application/json' }),
        ...(orgId !== undefined && { 'x-grafana-org-id': String(orgId) }),
      },
      body: body ? JSON.stringify(body) : null,
    });
    if (response.status === 404) return undefined;
    if (response.status === 409) return null;
    if (!response.ok)
      throw new Error(`Grafana answered ${method} ${path} with ${response.status}: ${await response.text()}`);
    return await response.json();
  };
}

/**
 * Tenants in a real Grafana, and whether the fake one of the other tests answers as it does. No registry carries a built
 * Grafana: these run where GRAFANA_HOME names one, and are reported as skipped elsewhere.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Provisioning, Tenant, WhoAmI } from '@obstack/contracts';
import { startStack, type Stack } from '@obstack/native';
import { fakeGrafanaSigner } from '@obstack/service-kit/testing';
import { migrate } from '../src/db/migrate.ts';
import { createJsonClient, type JsonClient, type OutsideError } from '../src/outside/json-client.ts';
import { startTestControlPlane, type TestControlPlane } from './control-plane.ts';
import { startFakeGrafana } from './fake-grafana.ts';
import { type Gate, openGate } from './gate.ts';
import { SHORT_LEASE, startTestWorker, type TestWorker } from './worker.ts';

jest.setTimeout(600_000);

const describeWithGrafana = process.env['GRAFANA_HOME'] ? describe : describe.skip;

describeWithGrafana('with the Grafana in GRAFANA_HOME', () => {
  let dir: string;
  let stack: Stack;
  let gate: Gate;
  let cp: TestControlPlane;
  let worker: TestWorker;
  let api: JsonClient;
  let env: Record<string, string>;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'obstack-grafana-'));
    stack = await startStack({ dir, ports: 'free', parts: ['postgres', 'grafana'] });
    const { DATABASE_URL = '', GRAFANA_URL = '', GRAFANA_ADMIN_PASSWORD_FILE = '' } = stack.env;
    await migrate(DATABASE_URL);
    gate = await openGate(GRAFANA_URL);
    env = {
      ...SHORT_LEASE,
      PROXY_URL: 'http://proxy.test:8080',
      CONTROL_PLANE_URL: 'http://control-plane.test:8081',
      GRAFANA_URL: gate.url,
      GRAFANA_ADMIN_PASSWORD_FILE,
      EXPORT_DIR: join(dir, 'exports'),
    };
    cp = await startTestControlPlane(DATABASE_URL, undefined, { ...env, GRAFANA_PUBLIC_URL: GRAFANA_URL });
    env = { ...env, CONTROL_PLANE_URL: cp.url };
    worker = await startTestWorker(DATABASE_URL, env);
    api = clientOf(GRAFANA_URL, (await readFile(GRAFANA_ADMIN_PASSWORD_FILE, 'utf8')).trim());
  });

  afterAll(async () => {
    await worker.kill();
    await cp.close();
    await gate.close();
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const orgs = async () =>
    (await api.tell('GET', '/api/orgs?perpage=1000')) as { id: number; name: string }[];
  const orgsOf = async ({ id, name }: Tenant) =>
    (await orgs()).filter((org) => org.name === id || org.name.startsWith(name));

  async function untilReady(tenantId: string): Promise<void> {
    const path = `/api/v1/tenants/${tenantId}/provisioning`;
    while ((await cp.request<Provisioning>('GET', path)).body.state !== 'ready') await delay(50);
  }

  async function datasourcesOf(orgId: number) {
    const headers = { 'x-grafana-org-id': String(orgId) };
    return (await api.tell('GET', '/api/datasources', { headers })) as Record<string, unknown>[];
  }

  it('a tenant gets an org, with datasources that ask as that tenant', async () => {
    const tenant = await cp.createTenant('acme');
    await untilReady(tenant.id);
    const [org, ...more] = await orgsOf(tenant);
    expect(more).toEqual([]);
    expect(org?.name).toBe('acme');
    const datasources = await datasourcesOf(org!.id);
    expect(datasources.map(({ uid, url }) => [uid, url]).sort()).toEqual([
      ['obstack-loki', 'http://proxy.test:8080'],
      ['obstack-prometheus', 'http://proxy.test:8080/prometheus'],
      ['obstack-search', 'http://proxy.test:8080'],
      ['obstack-tempo', 'http://proxy.test:8080/tempo'],
    ]);
  });

  it('a new name becomes the org’s, and one that an org has already gets an addition', async () => {
    await api.tell('POST', '/api/orgs', { body: { name: 'taken by hand' } });
    const tenant = await cp.createTenant('taken by hand');
    await untilReady(tenant.id);
    expect((await orgsOf(tenant)).map(({ name }) => name).sort()).toEqual([
      'taken by hand',
      `taken by hand (${tenant.id.slice(0, 8)})`,
    ]);
    await cp.request('PATCH', `/api/v1/tenants/${tenant.id}`, { body: { name: 'renamed' } });
    await untilReady(tenant.id);
    expect((await orgsOf({ ...tenant, name: 'renamed' })).map(({ name }) => name)).toEqual(['renamed']);
  });

  it('a worker killed around any request is followed by one that doubles nothing', async () => {
    gate.reset();
    await untilReady((await cp.createTenant('counted')).id);
    const requests = gate.requests.length;
    for (let index = 0; index < requests; index += 1) {
      const stalled = gate.stallAt(index, 'after');
      const tenant = await cp.createTenant(`killed after request ${index}!`);
      await stalled;
      await worker.kill();
      gate.open();
      worker = await startTestWorker(cp.databaseUrl, env);
      await untilReady(tenant.id);
      const made = await orgsOf(tenant);
      expect([index, made.map(({ name }) => name)]).toEqual([index, [tenant.name]]);
      expect(await datasourcesOf(made[0]!.id)).toHaveLength(4);
    }
  });

  describe('whoever is signed in there', () => {
    const PASSWORD = randomUUID();
    let tenant: Tenant;
    let other: Tenant;
    let orgId: number;
    let adaId: number;

    beforeAll(async () => {
      tenant = await cp.createTenant('signed in');
      other = await cp.createTenant('signed in elsewhere');
      await untilReady(tenant.id);
      await untilReady(other.id);
      orgId = (await orgsOf(tenant)).find(({ name }) => name === tenant.name)!.id;
      const user = { login: 'ada', email: 'ada@example.com', password: PASSWORD, OrgId: orgId };
      adaId = ((await api.tell('POST', '/api/admin/users', { body: user })) as { id: number }).id;
    });

    async function asAda(path: string, headers: Record<string, string> = {}) {
      const authorization = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;
      const url = `${stack.env['GRAFANA_URL'] ?? ''}/api/plugin-proxy/obstack-app/api/control-plane${path}`;
      const response = await fetch(url, { headers: { authorization, ...headers } });
      return { status: response.status, body: (await response.json()) as WhoAmI & { detail: string } };
    }
    const setRole = (role: string) =>
      api.tell('PATCH', `/api/orgs/${orgId}/users/${adaId}`, { body: { role } });

    it.each([
      ['Viewer', 'viewer'],
      ['Editor', 'editor'],
      ['Admin', 'admin'],
    ])('is known here by what Grafana signs, as %s', async (role, builtIn) => {
      await setRole(role);
      const { status, body } = await asAda('/api/v1/me');
      expect([status, body]).toMatchObject([
        200,
        {
          actor: { type: 'grafana', id: 'ada', name: 'ada@example.com' },
          tenantId: tenant.id,
          role: builtIn,
        },
      ]);
      const { status: forOthers } = await asAda(`/api/v1/tenants/${other.id}`);
      expect(forOthers).toBe(404);
    });

    it('cannot say to be somebody else, or of somewhere else', async () => {
      await setRole('Viewer');
      const forged = fakeGrafanaSigner(`${stack.env['GRAFANA_URL'] ?? ''}/`);
      const { body } = await asAda('/api/v1/me', {
        'x-grafana-id': forged.token({ orgId, role: 'Admin', login: 'root' }),
      });
      expect(body).toMatchObject({ actor: { id: 'ada' }, role: 'viewer' });
    });

    it('is refused with the token of another tenant in this org', async () => {
      const { secret } = await cp.createKey(other.id, {}, 'query-tokens');
      const headers = { 'x-grafana-org-id': String(orgId) };
      const body = {
        enabled: true,
        jsonData: { controlPlaneUrl: cp.url },
        secureJsonData: { token: secret },
      };
      await api.tell('POST', '/api/plugins/obstack-app/settings', { headers, body });
      const refused = await asAda('/api/v1/me');
      expect([refused.status, refused.body.detail]).toEqual([
        403,
        `This query token is not that of the org ${orgId}, in which you are.`,
      ]);
      // Provisioning mends it.
      await cp.request('PATCH', `/api/v1/tenants/${tenant.id}`, { body: { plan: 'saas' } });
      await untilReady(tenant.id);
      expect((await asAda('/api/v1/me')).status).toBe(200);
    });
  });

  it('the org goes with its tenant', async () => {
    const tenant = await cp.createTenant('leaver');
    await untilReady(tenant.id);
    await cp.request('DELETE', `/api/v1/tenants/${tenant.id}?confirm=leaver`);
    while ((await cp.request('GET', `/api/v1/tenants/${tenant.id}`)).status !== 404) await delay(50);
    expect(await orgsOf(tenant)).toEqual([]);
  });

  it('the fake Grafana of the other tests answers alike', async () => {
    const fake = await startFakeGrafana();
    fake.hasApp = true;
    const conversation = async (grafana: JsonClient): Promise<unknown[]> => {
      const said: unknown[] = [];
      const say = async (method: string, path: string, details?: object): Promise<unknown> => {
        try {
          const answer = await grafana.ask(method, path, details);
          said.push(`${method} ${path.replace(/\d+/, 'N')}: ${answer === undefined ? 404 : 'ok'}`);
          return answer;
        } catch (error) {
          said.push(`${method} ${path.replace(/\d+/, 'N')}: ${(error as OutsideError).status}`);
          return undefined;
        }
      };
      const body = { name: 'conversation' };
      await say('GET', '/api/orgs/name/conversation');
      const { orgId } = (await say('POST', '/api/orgs', { body })) as { orgId: number };
      await say('POST', '/api/orgs', { body });
      await say('POST', '/api/orgs', { body: { name: 'another' } });
      await say('PUT', `/api/orgs/${orgId}`, { body: { name: 'another' } });
      await say('PUT', `/api/orgs/${orgId}/address`, { body: { address1: 'mark' } });
      const org = (await say('GET', `/api/orgs/${orgId}`)) as { name: string; address: { address1: string } };
      said.push(org.name, org.address.address1);
      const headers = { 'x-grafana-org-id': String(orgId) };
      const datasource = { name: 'D', uid: 'd', type: 'prometheus', access: 'proxy', url: 'http://x' };
      await say('GET', '/api/datasources/uid/d', { headers });
      await say('POST', '/api/datasources', { headers, body: datasource });
      await say('POST', '/api/datasources', { headers, body: datasource });
      await say('PUT', '/api/datasources/uid/d', { headers, body: datasource });
      const dashboard = { uid: 'dash', title: 'Dash', panels: [] };
      await say('POST', '/api/dashboards/db', { headers, body: { dashboard, overwrite: true } });
      await say('POST', '/api/dashboards/db', { headers, body: { dashboard, overwrite: true } });
      await say('PATCH', '/api/org/preferences', { headers, body: { homeDashboardUID: 'dash' } });
      const app = '/api/plugins/obstack-app/settings';
      await say('GET', app, { headers });
      await say('POST', app, { headers, body: { enabled: true, jsonData: {}, secureJsonData: {} } });
      await say('DELETE', `/api/orgs/${orgId}`);
      await say('DELETE', `/api/orgs/${orgId}`);
      await say('GET', `/api/orgs/${orgId}`);
      return said;
    };
    const real = await conversation(api);
    expect(await conversation(clientOf(fake.url, 'any'))).toEqual(real);
    await fake.close();
  });
});

function clientOf(url: string, password: string): JsonClient {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  const signal = new AbortController().signal;
  return createJsonClient({ service: 'Grafana', url, headers: { authorization }, signal });
}

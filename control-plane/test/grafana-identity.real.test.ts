/**
 * Who comes through Grafana: what a person may do there, and what is refused. What of a token is believed at all is
 * service-kit's grafana-id.test.ts; here it comes over the wire, from a Grafana that serves nothing but its keys.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEvent, Key, Page, Tenant, WhoAmI } from '@obstack/contracts';
import { BUILT_IN_ROLES } from '@obstack/contracts';
import {
  fakeGrafanaSigner,
  type Forgery,
  type Somebody,
  startFakeGrafanaSigner,
} from '@obstack/service-kit/testing';
import { sha256Hex } from '@obstack/service-kit/secrets';
import { INTERNAL_TOKEN, PASSWORD, startTestControlPlane, type TestControlPlane } from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';
import { giveGrafanaOrg, grafanaAt } from './grafana-org.ts';
import { openEventStream } from './event-stream.ts';

const ORG = 2;
const OTHER_ORG = 3;

let postgres: TestPostgres;
let grafana: Awaited<ReturnType<typeof startFakeGrafanaSigner>>;
let cp: TestControlPlane;
let tenant: Tenant;
let other: Tenant;
let token: string;
let otherToken: string;

async function tenantWithOrg(name: string, orgId: number): Promise<[Tenant, string]> {
  const made = await cp.createTenant(name);
  return [made, await giveGrafanaOrg(cp, made.id, orgId)];
}

beforeAll(async () => {
  postgres = await startTestPostgres();
  grafana = await startFakeGrafanaSigner();
  cp = await startTestControlPlane(await postgres.migratedDatabase(), undefined, grafanaAt(grafana.url));
  [tenant, token] = await tenantWithOrg('acme', ORG);
  [other, otherToken] = await tenantWithOrg('globex', OTHER_ORG);
}, 120_000);

afterAll(async () => {
  await cp.close();
  await grafana.close();
  await postgres.stop();
});

const saying = (somebody: Partial<Somebody> = {}, forgery: Forgery = {}) => ({
  'x-grafana-id': grafana.token({ orgId: ORG, ...somebody }, forgery),
});
const ask = <T>(method: string, path: string, headers: Record<string, string>, body?: object, by = token) =>
  cp.request<T>(method, path, { token: by, headers, ...(body && { body }) });
const detail = ({ body }: { body: unknown }) => (body as { detail: string }).detail;

describe('whoever comes through Grafana', () => {
  it.each([
    ['Viewer', 'viewer'],
    ['Editor', 'editor'],
    ['Admin', 'admin'],
  ] as const)('may as %s what a %s may', async (role, builtIn) => {
    const { status, body } = await ask<WhoAmI>('GET', '/api/v1/me', saying({ role, login: 'ada' }));
    expect(status).toBe(200);
    expect(body).toEqual({
      actor: { type: 'grafana', id: 'ada', name: 'ada@example.com' },
      tenantId: tenant.id,
      role: builtIn,
      permissions: expect.arrayContaining([...BUILT_IN_ROLES[builtIn]]) as unknown,
      features: [],
    });
    expect(body.permissions).toHaveLength(BUILT_IN_ROLES[builtIn].length);
  });

  it('may nothing without a role there', async () => {
    const { body } = await ask<WhoAmI>('GET', '/api/v1/me', saying({ role: 'None' }));
    expect(body).toMatchObject({ role: null, permissions: [] });
    expect((await ask('GET', `/api/v1/tenants/${tenant.id}`, saying({ role: 'None' }))).status).toBe(403);
  });

  it('loses with the role what came with it, at once', async () => {
    const make = (role: Somebody['role'] & string) =>
      ask('POST', `/api/v1/tenants/${tenant.id}/keys`, saying({ role }), { name: 'made in Grafana' });
    expect((await make('Admin')).status).toBe(201);
    expect((await make('Editor')).status).toBe(403);
  });

  it('stands in the audit log as who they are, also in vain', async () => {
    const path = `/api/v1/tenants/${tenant.id}/keys`;
    const made = await ask<{ key: Key }>('POST', path, saying({ role: 'Admin', login: 'grace' }), {
      name: 'g',
    });
    expect(made.body.key.createdBy).toBe('grafana:grace');
    await ask('POST', path, saying({ role: 'Viewer', login: 'eve' }), { name: 'e' });
    const { body } = await cp.request<Page<AuditEvent>>(
      'GET',
      `/api/v1/tenants/${tenant.id}/audit-events?limit=2`,
    );
    expect(body.items).toMatchObject([
      { actor: { type: 'grafana', id: 'eve', name: 'eve@example.com' }, outcome: 'denied' },
      { actor: { type: 'grafana', id: 'grace' }, outcome: 'success', action: 'createIngestionKey' },
    ]);
  });

  it('sees of another tenant what nobody has', async () => {
    for (const id of [other.id, crypto.randomUUID()]) {
      expect((await ask('GET', `/api/v1/tenants/${id}`, saying({ role: 'Admin' }))).status).toBe(404);
    }
    expect((await ask('GET', '/api/v1/tenants', saying({ role: 'Admin' }))).status).toBe(403);
  });

  it('has no account here, and so no sessions and no password', async () => {
    for (const [method, path, body] of [
      ['GET', '/api/v1/auth/me'],
      ['GET', '/api/v1/auth/sessions'],
      ['POST', '/api/v1/auth/password', { currentPassword: PASSWORD, newPassword: `${PASSWORD} on` }],
    ] as const) {
      const answer = await ask(method, path, saying({ role: 'Admin' }), body);
      expect([path, answer.status]).toEqual([path, 403]);
      expect(detail(answer)).toMatch(/account of Obstack/);
    }
  });

  it('hands out no role that holds more than theirs', async () => {
    const path = `/api/v1/tenants/${tenant.id}/users`;
    const invite = (role: Somebody['role'] & string) =>
      ask('POST', path, saying({ role }), { email: `${role}@example.com`, roles: ['admin'] });
    expect((await invite('Editor')).status).toBe(403);
    expect((await invite('Admin')).status).toBe(201);
  });
});

describe('refused with 403', () => {
  const stranger = fakeGrafanaSigner('http://elsewhere.test/');
  it.each<[string, () => Record<string, string>, RegExp]>([
    ['a query token alone', () => ({}), /alone does not open this API/],
    ['an empty statement', () => ({ 'x-grafana-id': '' }), /alone does not open this API/],
    ['what merely says so', () => ({ 'x-grafana-user': 'admin', 'x-grafana-org-id': '2' }), /alone/],
    ['another org', () => saying({ orgId: OTHER_ORG, role: 'Admin' }), /not that of the org 3/],
    [
      'a forged signature',
      () => ({ 'x-grafana-id': `${saying()['x-grafana-id'].slice(0, -6)}AAAAAA` }),
      /signature/,
    ],
    ['no signature', () => saying({}, { header: { alg: 'none' } }), /not signed/],
    ['what has expired', () => saying({}, { nowMs: Date.now() - 700_000 }), /has expired/],
    ['another audience', () => saying({}, { claims: { aud: 'obstack' } }), /names no org/],
    [
      'another Grafana',
      () => ({ 'x-grafana-id': stranger.token({ orgId: ORG }) }),
      /signed by http:\/\/elsewhere.test,/,
    ],
    ['a service account', () => saying({}, { claims: { type: 'service-account' } }), /Only people/],
    ['nobody in particular', () => saying({}, { claims: { type: 'anonymous' } }), /Only people/],
  ])('%s', async (_, headers, why) => {
    const answer = await ask('GET', '/api/v1/me', headers());
    expect(answer.status).toBe(403);
    expect(detail(answer)).toMatch(why);
  });

  it('the header of one org with the token of another, in either direction', async () => {
    const mine = saying({ role: 'Admin' });
    const theirs = saying({ role: 'Admin', orgId: OTHER_ORG });
    expect((await ask('GET', '/api/v1/me', mine, undefined, otherToken)).status).toBe(403);
    expect((await ask('GET', '/api/v1/me', theirs)).status).toBe(403);
    const { body } = await ask<WhoAmI>('GET', '/api/v1/me', theirs, undefined, otherToken);
    expect(body.tenantId).toBe(other.id);
  });

  it('a token that is revoked, and everybody of a tenant that is suspended', async () => {
    const { key, secret } = await cp.createKey(tenant.id, {}, 'query-tokens');
    expect((await ask('GET', '/api/v1/me', saying(), undefined, secret)).status).toBe(200);
    await cp.request('DELETE', `/api/v1/tenants/${tenant.id}/query-tokens/${key.id}`);
    const answer = await ask('GET', '/api/v1/me', saying(), undefined, secret);
    expect([answer.status, detail(answer)]).toEqual([403, expect.stringMatching(/revoked/)]);

    const theirs = saying({ orgId: OTHER_ORG });
    await cp.request('POST', `/api/v1/tenants/${other.id}/suspend`, { body: { reason: 'unpaid' } });
    expect((await ask('GET', '/api/v1/me', theirs, undefined, otherToken)).status).toBe(403);
    await cp.request('POST', `/api/v1/tenants/${other.id}/resume`);
    expect((await ask('GET', '/api/v1/me', theirs, undefined, otherToken)).status).toBe(200);
  });

  it('an ingestion key is not made more by what stands beside it', async () => {
    const { secret } = await cp.createKey(tenant.id);
    expect((await ask('GET', '/api/v1/me', saying({ role: 'Admin' }), undefined, secret)).status).toBe(401);
  });
});

describe('what proxies are told', () => {
  it('Grafana’s keys, which control-plane asks for seldom', async () => {
    const before = grafana.asked();
    for (let i = 0; i < 10; i += 1) {
      const { body } = await cp.request('GET', '/internal/v1/grafana', { token: INTERNAL_TOKEN });
      expect(body).toEqual({ issuer: `${grafana.url}/`, jwks: grafana.jwks });
    }
    expect(grafana.asked() - before).toBeLessThanOrEqual(2);
  });

  it('which org is the tenant’s, and when that changes', async () => {
    const { secret } = await cp.createKey(tenant.id, {}, 'query-tokens');
    const told = async (text: string) => (await cp.resolve(sha256Hex(text))).body;
    expect(await told(token)).toMatchObject({ grafana: { orgId: ORG, isOrgToken: true } });
    expect(await told(secret)).toMatchObject({ grafana: { orgId: ORG, isOrgToken: false } });
    const events = await openEventStream(cp.url);
    const changed = events.next((event) => 'subject' in event && event.subject === `tenant:${tenant.id}`);
    await runSql(cp.databaseUrl, `UPDATE grafana_orgs SET org_id = 9 WHERE tenant_id = '${tenant.id}'`);
    await changed;
    events.close();
    expect(await told(token)).toMatchObject({ grafana: { orgId: 9 } });
    expect((await ask('GET', '/api/v1/me', saying())).status).toBe(403);
    expect((await ask('GET', '/api/v1/me', saying({ orgId: 9 }))).status).toBe(200);
    await runSql(cp.databaseUrl, `UPDATE grafana_orgs SET org_id = ${ORG} WHERE tenant_id = '${tenant.id}'`);
  });
});

it('without a Grafana, nobody’s word counts', async () => {
  const alone = await startTestControlPlane(await postgres.migratedDatabase());
  const { id } = await alone.createTenant('alone');
  const { secret } = await alone.createKey(id, {}, 'query-tokens');
  expect((await alone.request('GET', '/api/v1/me', { token: secret, headers: saying() })).status).toBe(403);
  const { status } = await alone.request('GET', '/internal/v1/grafana', { token: INTERNAL_TOKEN });
  expect(status).toBe(404);
  await alone.close();
});

describe('an operator’s token in an organisation of Grafana’s', () => {
  const create = (headers: Record<string, string>) =>
    cp.request<Tenant>('POST', '/api/v1/tenants', { headers, body: { name: 'through Grafana' } });

  it('is for its Admins, and the log says who it was', async () => {
    const made = await create(saying({ orgId: 1, role: 'Admin', login: 'root' }));
    expect(made.status).toBe(201);
    const { body } = await cp.request<Page<AuditEvent>>('GET', '/api/v1/audit-events?action=createTenant');
    const event = body.items.find(({ target }) => target.id === made.body.id);
    expect(event?.actor.name).toMatch(/ \(root in Grafana\)$/);
  });

  it.each(['Viewer', 'Editor', 'None'] as const)('opens nothing for a %s', async (role) => {
    const answer = await create(saying({ orgId: 1, role }));
    expect(answer.status).toBe(403);
    expect(detail(answer)).toContain(`you are ${role} in it`);
  });

  it('opens nothing for a service account, nor with a statement that is not true', async () => {
    const account = saying({ orgId: 1, role: 'Admin' }, { claims: { type: 'service-account' } });
    for (const headers of [account, { 'x-grafana-id': 'nonsense' }]) {
      expect((await create(headers)).status).toBe(403);
    }
  });
});

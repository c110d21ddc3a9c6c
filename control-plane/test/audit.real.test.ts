/** The audit log as it is read: filters, pages, export, and whose it is. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditEvent, type Page, type Tenant } from '@obstack/contracts';
import { startTestControlPlane, type TestControlPlane } from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';

let postgres: TestPostgres;
let cp: TestControlPlane;
let tenant: Tenant;
let other: Tenant;

beforeAll(async () => {
  postgres = await startTestPostgres();
  cp = await startTestControlPlane(await postgres.migratedDatabase());
});
afterAll(async () => {
  await cp.close();
  await postgres.stop();
});
let made = 0;
beforeEach(async () => {
  tenant = await cp.createTenant(`Audited ${++made}`);
  other = await cp.createTenant(`Other ${made}`);
  await setPlan('saas');
});

const setPlan = (plan: string) =>
  runSql(cp.databaseUrl, 'UPDATE tenants SET plan = $2 WHERE id = $1', [tenant.id, plan]);
const pathOf = (id = tenant.id) => `/api/v1/tenants/${id}/audit-events`;
const list = async (query = '', path = pathOf()) =>
  (await cp.request<Page<AuditEvent>>('GET', `${path}${query}`)).body;

/** Of three people, the last digit is missing. */
const ACTOR = '00000000-0000-4000-8000-00000000000';

/** `count` events, a second apart, newest last. */
const addEvents = (count: number, tenantId: string | null = tenant.id) =>
  runSql(
    cp.databaseUrl,
    `INSERT INTO audit_events (created_at, tenant_id, actor_type, actor_id, actor_name, action, target_type,
       target_id, outcome, request_id)
     SELECT '2026-01-01T00:00:00Z'::timestamptz + make_interval(secs => n), $2, 'user', '${ACTOR}' || n % 3,
       'person' || n % 3 || '@example.com', 'action' || n % 2, 'thing', 't' || n,
       (ARRAY['success', 'denied', 'failure'])[1 + n % 3]::audit_outcome, 'r' || n
     FROM generate_series(1, $1) n`,
    [count, tenantId],
  );

describe('the audit log', () => {
  it('shows what was done, newest first', async () => {
    const { key } = await cp.createKey(tenant.id, { name: 'agent' });
    await cp.request('DELETE', `/api/v1/tenants/${tenant.id}/keys/${key.id}`, {
      headers: { 'x-request-id': 'the-revocation', 'user-agent': 'a test' },
    });
    const { items, next } = await list();
    expect(items.map(({ action }) => action)).toEqual([
      'revokeIngestionKey',
      'createIngestionKey',
      'createTenant',
    ]);
    expect(next).toBeNull();
    expect(items[0]).toMatchObject({
      tenantId: tenant.id,
      actor: { type: 'operator', name: cp.operator.email, ip: '127.0.0.1', userAgent: 'a test' },
      target: { type: 'key', id: key.id },
      outcome: 'success',
      requestId: 'the-revocation',
    });
    expect(items[1]?.diff).toMatchObject({ name: { from: null, to: 'agent' } });
  });

  it('holds no secret', async () => {
    const { key, secret } = await cp.createKey(tenant.id);
    const path = `/api/v1/tenants/${tenant.id}/keys/${key.id}/rotate`;
    await cp.request('POST', path, { body: { overlapSeconds: 1 } });
    await cp.request('GET', `/api/v1/tenants/${secret}`);
    const text = JSON.stringify(await runSql(cp.databaseUrl, 'SELECT audit_events::text FROM audit_events'));
    expect(text).not.toContain(secret.slice(17));
    expect(text).not.toContain(cp.operator.token.slice(17));
  });

  it('is read page by page, also while it grows, each event once', async () => {
    await addEvents(25);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page<AuditEvent> = await list(`?limit=10${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ requestId }) => requestId));
      cursor = page.next;
      await cp.createKey(tenant.id);
    }
    // Before them comes the newest, which made the tenant.
    expect(seen.slice(1)).toEqual(Array.from({ length: 25 }, (_, i) => `r${25 - i}`));
  });

  it.each([
    ['action=action1', ['r5', 'r3', 'r1']],
    [`actor=${ACTOR}1`, ['r4', 'r1']],
    ['actor=person1%40example.com', ['r4', 'r1']],
    ['outcome=denied', ['r4', 'r1']],
    ['target=t2', ['r2']],
    ['from=2026-01-01T00:00:05Z&to=2026-01-02T00:00:00Z', ['r6', 'r5']],
    ['to=2026-01-01T00:00:03Z', ['r2', 'r1']],
    ['from=2026-01-01T02:00:02%2B02:00&to=2026-01-01T00:00:04Z', ['r3', 'r2']],
    [`actor=${ACTOR}1&action=action0`, ['r4']],
    ['action=nothing', []],
  ])('is filtered by ?%s', async (query, expected) => {
    await addEvents(6);
    expect((await list(`?${query}`)).items.map(({ requestId }) => requestId)).toEqual(expected);
  });

  it.each(['from=yesterday', 'outcome=maybe', 'action=', 'user=x', `target=${'x'.repeat(256)}`])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await cp.request('GET', `${pathOf()}?${query}`);
      const location = `query.${query.split('=')[0]}`;
      expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ location }] } });
    },
  );

  it('is a tenant’s own; the platform’s has them all', async () => {
    await addEvents(2);
    await addEvents(2, other.id);
    await addEvents(1, null);
    expect((await list()).items.every(({ tenantId }) => tenantId === tenant.id)).toBe(true);
    const everything = await list('?limit=200', '/api/v1/audit-events');
    const tenants = new Set(everything.items.map(({ tenantId }) => tenantId));
    expect([...tenants]).toEqual(expect.arrayContaining([tenant.id, other.id, null]));
    const one = await list(`?tenantId=${other.id}`, '/api/v1/audit-events');
    expect(one.items.map(({ tenantId }) => tenantId)).toEqual([other.id, other.id, other.id]);
  });

  it('outlives its tenant', async () => {
    await addEvents(1);
    await runSql(cp.databaseUrl, 'DELETE FROM tenants WHERE id = $1', [tenant.id]);
    expect((await list()).items.map(({ action }) => action)).toEqual(['createTenant', 'action1']);
  });
});

describe('the export', () => {
  const exported = (query = '') => cp.request<string>('GET', `${pathOf()}/export${query}`);
  const lines = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => AuditEvent.parse(JSON.parse(line)));

  it('is the whole log, itself included, one event a line', async () => {
    await addEvents(2500);
    const answer = await exported();
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    const [first, creation, ...rest] = lines(answer.body);
    expect(first).toMatchObject({
      action: 'exportAuditEvents',
      target: { type: 'audit-events', id: tenant.id },
      outcome: 'success',
    });
    expect(creation).toMatchObject({ action: 'createTenant', tenantId: tenant.id });
    expect(rest.map(({ requestId }) => requestId)).toEqual(
      Array.from({ length: 2500 }, (_, i) => `r${2500 - i}`),
    );
  });

  it('takes the filters of the list', async () => {
    await addEvents(6);
    expect(lines((await exported('?outcome=denied')).body).map(({ requestId }) => requestId)).toEqual([
      'r4',
      'r1',
    ]);
  });

  it('is for plans that have it; the attempt stands in the log of the one who tried', async () => {
    await setPlan('community');
    const answer = await exported();
    expect(answer).toMatchObject({ status: 403, body: { type: 'urn:obstack:problem:plan-required' } });
    expect(answer.body).toMatchObject({ detail: expect.stringContaining('which the plan saas has') });
    const { items } = await list('?outcome=denied&action=exportAuditEvents&limit=1', '/api/v1/audit-events');
    expect(items).toMatchObject([{ tenantId: null, target: { type: 'tenant', id: tenant.id } }]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type IssuedKey, type Key, type Page, PLANS, type Rejection, type Tenant } from '@obstack/contracts';
import { reportUsage, type UsageReport } from '@obstack/contracts/internal';
import type { Problem } from '@obstack/contracts/problem';
import { createLogger } from '@obstack/service-kit/logger';
import { sha256Hex } from '@obstack/service-kit/secrets';
import { connectDatabase } from '../src/db/connect.ts';
import { keyStore } from '../src/features/keys/keys-store.ts';
import { rejectionStore } from '../src/features/rejections/rejections-store.ts';
import { INTERNAL_TOKEN, startTestControlPlane, type TestControlPlane } from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';
import { openEventStream } from './event-stream.ts';

let postgres: TestPostgres;
let cp: TestControlPlane;
let tenant: Tenant;
beforeAll(async () => {
  postgres = await startTestPostgres();
  cp = await startTestControlPlane(await postgres.migratedDatabase());
  tenant = await cp.createTenant('Keys');
});
afterAll(async () => {
  await cp.close();
  await postgres.stop();
});

const pathOf = ({ key }: IssuedKey): string => `/api/v1/tenants/${key.tenantId}/keys/${key.id}`;
const change = (issued: IssuedKey, body: object, headers: Record<string, string> = {}) =>
  cp.request<Key & Problem>('PATCH', pathOf(issued), { body, headers });
const limitsOf = async ({ secret }: IssuedKey): Promise<unknown> =>
  (await cp.resolve(sha256Hex(secret))).body;

describe('limits', () => {
  it('of the plan, then the tenant, then the key are what the proxy is told', async () => {
    const issued = await cp.createKey(tenant.id, { limits: { samplesPerSecond: 10 } });
    expect(issued.key.limits).toEqual({ samplesPerSecond: 10 });
    const told = { limits: PLANS.community.limits, keyLimits: { samplesPerSecond: 10 } };
    expect(await limitsOf(issued)).toMatchObject(told);
    await runSql(cp.databaseUrl, 'UPDATE tenants SET limits = $2 WHERE id = $1', [
      tenant.id,
      { lineBytes: 1000 },
    ]);
    expect(await limitsOf(issued)).toMatchObject({ limits: { ...told.limits, lineBytes: 1000 } });
    await runSql(cp.databaseUrl, "UPDATE tenants SET limits = '{}' WHERE id = $1", [tenant.id]);
  });

  it('are kept by a rotation', async () => {
    const issued = await cp.createKey(tenant.id, { limits: { lineBytes: 100 } });
    const { body } = await cp.request<IssuedKey>('POST', `${pathOf(issued)}/rotate`, {
      body: { overlapSeconds: 0 },
    });
    expect(body.key.limits).toEqual({ lineBytes: 100 });
  });

  it('above the tenant’s are refused, by name', async () => {
    const limits = { samplesPerSecond: 10_001, samplesBurst: 1, lineBytes: 1e8 };
    const { status, body } = await cp.request<Problem>('POST', `/api/v1/tenants/${tenant.id}/keys`, {
      body: { name: 'greedy', limits },
    });
    expect(status).toBe(400);
    expect(body.errors?.map(({ location }) => location)).toEqual([
      'body.limits.samplesPerSecond',
      'body.limits.lineBytes',
    ]);
    const issued = await cp.createKey(tenant.id);
    expect(await change(issued, { limits })).toMatchObject({ status: 400 });
  });

  it.each([{ samplesPerSecond: 0 }, { samplesPerSecond: -1 }, { bytes: 1 }, { lineBytes: '1' }])(
    'of %j are refused',
    async (limits) => {
      const asked = cp.request('POST', `/api/v1/tenants/${tenant.id}/keys`, { body: { name: 'x', limits } });
      expect(await asked).toMatchObject({ status: 400 });
    },
  );

  it('are nothing that a query token has', async () => {
    const body = { name: 'x', limits: { lineBytes: 1 } };
    const path = `/api/v1/tenants/${tenant.id}/query-tokens`;
    expect(await cp.request('POST', path, { body })).toMatchObject({ status: 400 });
  });
});

describe('a change', () => {
  it('counts at once, tells the proxies, and is audited as what differs', async () => {
    const issued = await cp.createKey(tenant.id);
    const stream = await openEventStream(cp.url);
    const subject = `credential:${sha256Hex(issued.secret)}`;
    const heard = stream.next((event) => event.type === 'invalidated' && event.subject === subject);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const changed = await change(issued, { name: 'renamed', limits: { lineBytes: 5 }, expiresAt });
    expect(changed.body).toEqual({ ...issued.key, name: 'renamed', limits: { lineBytes: 5 }, expiresAt });
    await heard;
    stream.close();
    expect(await limitsOf(issued)).toMatchObject({ keyLimits: { lineBytes: 5 }, expiresAt });
    const [row] = await runSql<{ action: string; diff: object }>(
      cp.databaseUrl,
      'SELECT action, diff FROM audit_events WHERE target_id = $1 ORDER BY created_at DESC',
      [issued.key.id],
    );
    expect(row).toEqual({
      action: 'updateIngestionKey',
      diff: {
        name: { from: 'a key', to: 'renamed' },
        limits: { from: {}, to: { lineBytes: 5 } },
        expiresAt: { from: null, to: expiresAt },
      },
    });
  });

  it('of the limits alone is told to the proxies too', async () => {
    const issued = await cp.createKey(tenant.id);
    const stream = await openEventStream(cp.url);
    const subject = `credential:${sha256Hex(issued.secret)}`;
    const heard = stream.next((event) => event.type === 'invalidated' && event.subject === subject);
    await change(issued, { limits: { lineBytes: 5 } });
    await heard;
    stream.close();
  });

  it('leaves what it does not name, and can take an expiry away again', async () => {
    const issued = await cp.createKey(tenant.id, {
      limits: { lineBytes: 5 },
      expiresAt: '2100-01-01T00:00:00Z',
    });
    expect((await change(issued, { expiresAt: null })).body).toEqual({ ...issued.key, expiresAt: null });
    expect((await change(issued, {})).status).toBe(200);
    expect((await change(issued, { limits: {} })).body).toMatchObject({ limits: {} });
  });

  it('of a state that is not the present one is refused; a use is no other state', async () => {
    const issued = await cp.createKey(tenant.id);
    const etag = (await cp.request('GET', pathOf(issued))).headers.get('etag') ?? '';
    await report({ used: [{ keyId: issued.key.id, at: new Date().toISOString() }], rejections: [] });
    const used = await cp.request<Key>('GET', pathOf(issued));
    expect(used.body.lastUsedAt).not.toBeNull();
    expect(used.headers.get('etag')).toBe(etag);
    const first = await change(issued, { name: 'first' }, { 'if-match': etag });
    expect(first.status).toBe(200);
    expect(first.headers.get('etag')).not.toBe(etag);
    expect((await change(issued, { name: 'second' }, { 'if-match': etag })).status).toBe(412);
  });

  it('of a key that is over is refused, and of the end that a rotation has set', async () => {
    const revoked = await cp.createKey(tenant.id);
    await cp.request('DELETE', pathOf(revoked));
    expect((await change(revoked, { name: 'x' })).status).toBe(409);
    const rotated = await cp.createKey(tenant.id);
    await cp.request('POST', `${pathOf(rotated)}/rotate`, { body: { overlapSeconds: 60 } });
    expect((await change(rotated, { expiresAt: null })).status).toBe(409);
    expect((await change(rotated, { name: 'x' })).status).toBe(200);
  });

  it.each([{ expiresAt: '2020-01-01T00:00:00Z' }, { name: '' }, { signals: ['logs'] }])(
    'to %j is refused',
    async (body) => {
      expect((await change(await cp.createKey(tenant.id), body)).status).toBe(400);
    },
  );
});

const report = (body: UsageReport) => cp.request('POST', reportUsage.path, { token: INTERNAL_TOKEN, body });
const rejection = ({ key }: IssuedKey, over: Partial<UsageReport['rejections'][number]> = {}) => ({
  keyId: key.id,
  signal: 'logs' as const,
  reason: 'too_large',
  status: 413,
  count: 1,
  firstAt: new Date(Date.now() - 1000).toISOString(),
  lastAt: new Date().toISOString(),
  detail: 'a log line of 9 bytes is above the limit of 8',
  ...over,
});
const rejectionsOf = async (id: string, search = '') =>
  (await cp.request<Page<Rejection>>('GET', `/api/v1/tenants/${id}/rejections${search}`)).body;

describe('the report of a proxy', () => {
  it('is taken from a proxy alone', async () => {
    const body = { used: [], rejections: [] };
    expect(await cp.request('POST', reportUsage.path, { body })).toMatchObject({ status: 401 });
    expect(await report(body)).toMatchObject({ status: 204 });
  });

  it('moves the time of the last use forward only, never beyond now, and tells nobody', async () => {
    const issued = await cp.createKey(tenant.id);
    const lastUsed = async () => (await cp.request<Key>('GET', pathOf(issued))).body.lastUsedAt;
    expect(await lastUsed()).toBeNull();
    const stream = await openEventStream(cp.url);
    const at = new Date(Date.now() - 60_000).toISOString();
    await report({ used: [{ keyId: issued.key.id, at }], rejections: [] });
    expect(await lastUsed()).toBe(at);
    await report({ used: [{ keyId: issued.key.id, at: '2020-01-01T00:00:00.000Z' }], rejections: [] });
    expect(await lastUsed()).toBe(at);
    await report({ used: [{ keyId: issued.key.id, at: '2100-01-01T00:00:00.000Z' }], rejections: [] });
    expect(Math.abs(Date.now() - Date.parse((await lastUsed()) ?? ''))).toBeLessThan(5000);
    const marker = await cp.createKey(tenant.id);
    const heard = stream.next((event) => event.type === 'invalidated');
    await cp.request('DELETE', pathOf(marker));
    expect(await heard).toMatchObject({ subject: `credential:${sha256Hex(marker.secret)}` });
    stream.close();
  });

  it('of the same keys by many proxies at once is taken each time', async () => {
    const issued = await Promise.all(Array.from({ length: 20 }, () => cp.createKey(tenant.id)));
    const keys = issued.map(({ key }) => key.id);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => {
        const order = i % 2 ? issued : issued.toReversed();
        return report({
          used: order.map(({ key }) => ({ keyId: key.id, at: new Date(Date.now() - 100 + i).toISOString() })),
          rejections: order.map((each) => rejection(each)),
        });
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(204));
    const { items } = await rejectionsOf(tenant.id, '?limit=200');
    expect(items.filter(({ keyId }) => keys.includes(keyId)).map(({ count }) => count)).toEqual(
      Array(20).fill(10),
    );
  });

  it('of a key that is gone, or of none, takes nothing else with it', async () => {
    const issued = await cp.createKey(tenant.id);
    const gone = { ...issued, key: { ...issued.key, id: '000000000000' } };
    expect(await report({ used: [], rejections: [rejection(gone), rejection(issued)] })).toMatchObject({
      status: 204,
    });
    expect((await rejectionsOf(tenant.id, `?keyId=${issued.key.id}`)).items).toHaveLength(1);
  });
});

describe('rejections', () => {
  it('are added up by the hour, and listed newest first, by key, signal and time', async () => {
    const own = await cp.createTenant('Rejected');
    const [first, second] = [await cp.createKey(own.id), await cp.createKey(own.id)];
    await report({ used: [], rejections: [rejection(first, { count: 2 })] });
    await report({ used: [], rejections: [rejection(first, { count: 3, detail: 'latest' })] });
    await report({
      used: [],
      rejections: [rejection(second, { signal: 'traces', reason: 'limit_exceeded', status: 429 })],
    });
    const { items } = await rejectionsOf(own.id);
    expect(items).toMatchObject([
      { keyId: second.key.id, signal: 'traces', reason: 'limit_exceeded', status: 429, count: 1 },
      { keyId: first.key.id, signal: 'logs', reason: 'too_large', status: 413, count: 5, detail: 'latest' },
    ]);
    expect((await rejectionsOf(own.id, `?keyId=${first.key.id}`)).items).toHaveLength(1);
    expect((await rejectionsOf(own.id, '?signal=traces')).items).toHaveLength(1);
    expect((await rejectionsOf(own.id, '?from=2100-01-01T00:00:00Z')).items).toHaveLength(0);
    const page = await rejectionsOf(own.id, '?limit=1');
    expect([...page.items, ...(await rejectionsOf(own.id, `?limit=1&cursor=${page.next}`)).items]).toEqual(
      items,
    );
  });

  it('tell of a key that is over and still sent, and why it is', async () => {
    const own = await cp.createTenant('Over');
    const [revoked, expired] = [await cp.createKey(own.id), await cp.createKey(own.id)];
    await cp.request('DELETE', pathOf(revoked));
    await runSql(cp.databaseUrl, 'UPDATE credentials SET expires_at = now() WHERE id = $1', [expired.key.id]);
    for (const { secret } of [revoked, revoked, expired]) {
      expect(await cp.resolve(sha256Hex(secret))).toMatchObject({ status: 404 });
    }
    const of = async (issued: IssuedKey) => (await rejectionsOf(own.id, `?keyId=${issued.key.id}`)).items;
    expect(await of(revoked)).toMatchObject([{ signal: null, reason: 'revoked', status: 401, count: 2 }]);
    expect(await of(expired)).toMatchObject([{ reason: 'expired', count: 1 }]);
    await runSql(cp.databaseUrl, "UPDATE tenants SET state = 'suspended' WHERE id = $1", [own.id]);
    await cp.resolve(sha256Hex((await cp.createKey(own.id)).secret));
    expect((await rejectionsOf(own.id)).items[0]).toMatchObject({ reason: 'tenant_inactive' });
  });

  it('of another tenant are not shown', async () => {
    const [own, other] = [await cp.createTenant('Mine'), await cp.createTenant('Theirs')];
    const theirs = await cp.createKey(other.id);
    await report({ used: [], rejections: [rejection(theirs)] });
    expect((await rejectionsOf(own.id, `?keyId=${theirs.key.id}`)).items).toEqual([]);
    expect((await rejectionsOf(other.id)).items).toHaveLength(1);
    const nowhere = `/api/v1/tenants/${crypto.randomUUID()}/rejections`;
    expect(await cp.request('GET', nowhere)).toMatchObject({ status: 404 });
  });

  it('are gone after 30 days, as stand-ins of test events are after a minute', async () => {
    const own = await cp.createTenant('Old');
    const issued = await cp.createKey(own.id);
    await report({ used: [], rejections: [rejection(issued), rejection(issued, { signal: 'traces' })] });
    await runSql(
      cp.databaseUrl,
      "UPDATE rejections SET last_at = now() - interval '31 days' WHERE key_id = $1 AND signal = 'logs'",
      [issued.key.id],
    );
    await runSql(
      cp.databaseUrl,
      `INSERT INTO credentials (id, tenant_id, kind, name, sha256, signals, created_by, expires_at, test_of)
       VALUES ('standin00000', $1, 'ingestion-key', 'x', repeat('0', 64), '{logs}', 'x', now() - interval '1 s', $2)`,
      [own.id, issued.key.id],
    );
    const listed = await cp.request<Page<Key>>('GET', `/api/v1/tenants/${own.id}/keys`);
    expect(listed.body.items.map(({ id }) => id)).toEqual([issued.key.id]);
    expect(await cp.request('GET', `/api/v1/tenants/${own.id}/keys/standin00000`)).toMatchObject({
      status: 404,
    });
    const db = connectDatabase(cp.databaseUrl, createLogger({ name: 'test', level: 'silent' }));
    await db.begin('platform', async (tx) => {
      expect(await rejectionStore.removeOld(tx)).toBe(1);
      await keyStore.removeStandIns(tx);
    });
    await db.close();
    expect((await rejectionsOf(own.id)).items.map(({ signal }) => signal)).toEqual(['traces']);
    expect(await runSql(cp.databaseUrl, 'SELECT id FROM credentials WHERE test_of IS NOT NULL')).toEqual([]);
  });
});

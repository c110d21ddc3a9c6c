import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IssuedKey, Key, Page, Tenant } from '@obstack/contracts';
import { Problem } from '@obstack/contracts/problem';
import { createLogger } from '@obstack/service-kit/logger';
import { sha256Hex } from '@obstack/service-kit/secrets';
import { connectDatabase } from '../src/db/connect.ts';
import { keyStore } from '../src/features/keys/keys-store.ts';
import {
  type Answer,
  INTERNAL_TOKEN,
  startTestControlPlane,
  type TestControlPlane,
} from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';

let postgres: TestPostgres;
let cp: TestControlPlane;

beforeAll(async () => {
  postgres = await startTestPostgres();
  cp = await startTestControlPlane(await postgres.migratedDatabase());
});
afterAll(async () => {
  await cp.close();
  await postgres.stop();
});

/** The answer's body, once it has proved to be a problem of that status. */
function problem(answer: Answer<unknown>, status: number): Problem {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const body = Problem.parse(answer.body);
  expect([answer.status, body.status]).toEqual([status, status]);
  return body;
}

/** What a problem says, without what is different each time. */
function sameness({ body, status }: Answer<unknown>) {
  return { status, body: { ...(body as Problem), requestId: '' } };
}

describe('health', () => {
  it('is told to anyone', async () => {
    expect(await cp.request('GET', '/api/v1/health', { token: null })).toMatchObject({
      status: 200,
      body: { status: 'healthy' },
    });
    expect(await cp.request('GET', '/healthz', { token: null })).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await cp.request('GET', '/readyz', { token: null })).toMatchObject({
      status: 200,
      body: 'ready\n',
    });
  });
});

describe('who may call', () => {
  it('is the operator alone: no key of a tenant, no token with a typo, nobody', async () => {
    const tenant = await cp.createTenant('Only operators');
    const ingestionKey = await cp.createKey(tenant.id);
    const queryToken = await cp.createKey(tenant.id, {}, 'query-tokens');
    const unknown = cp.operator.token.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    for (const token of [ingestionKey.secret, unknown, cp.operator.password, null]) {
      for (const path of ['/api/v1/tenants', `/api/v1/tenants/${tenant.id}/keys`, '/api/v1/tenants/none']) {
        const answer = await cp.request('GET', path, { token });
        problem(answer, 401);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="obstack"');
      }
    }
    // Of Grafana's, and Grafana would make a 400 of a 401.
    for (const path of ['/api/v1/tenants', '/api/v1/me', `/api/v1/tenants/${tenant.id}/keys`]) {
      problem(await cp.request('GET', path, { token: queryToken.secret }), 403);
    }
  });

  it('is told when it is a tenant’s credential that was sent', async () => {
    const tenant = await cp.createTenant('Told so');
    const told = [
      ['keys', 401, /^A tenant's ingestion key does not open this API/],
      ['query-tokens', 403, /^A query token alone does not open this API/],
    ] as const;
    for (const [segment, status, why] of told) {
      const { secret } = await cp.createKey(tenant.id, {}, segment);
      const { detail } = problem(await cp.request('GET', '/api/v1/tenants', { token: secret }), status);
      expect(detail).toMatch(why);
    }
  });

  it('is the proxy alone for internal addresses', async () => {
    const addresses = [
      ['POST', '/internal/v1/credentials/resolve'],
      ['GET', '/internal/v1/grafana'],
      ['GET', '/internal/v1/identity/events'],
      ['GET', '/internal/v1/metrics'],
    ] as const;
    for (const [method, path] of addresses) {
      problem(await cp.request(method, path), 401);
      problem(await cp.request(method, path, { token: null }), 401);
    }
  });
});

describe('tenants', () => {
  it('are created, found and listed page by page in a stable order', async () => {
    const made: Tenant[] = [];
    for (const name of ['Page 1', 'Page 2', 'Page 3']) made.push(await cp.createTenant(name));
    expect(made[0]).toMatchObject({ name: 'Page 1', plan: 'community', isActive: true });
    expect((await cp.request('GET', `/api/v1/tenants/${made[0]?.id}`)).body).toEqual(made[0]);

    // A changed row moves to the end of its table; lists must not follow.
    await runSql(cp.databaseUrl, 'UPDATE tenants SET updated_at = now() WHERE id = $1', [made[0]?.id]);
    const listed: Tenant[] = [];
    let path = '/api/v1/tenants?limit=2';
    for (let next: string | null = ''; next !== null; path = `/api/v1/tenants?limit=2&cursor=${next}`) {
      const { body } = await cp.request<Page<Tenant>>('GET', path);
      expect(body.items.length).toBeLessThanOrEqual(2);
      listed.push(...body.items);
      next = body.next;
    }
    const ids = listed.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.slice(-3)).toEqual(made.map(({ id }) => id));
  });

  it('have names of their own, letter case aside, even when asked for at once', async () => {
    const asked = ['Straße', 'STRASSE', 'straße'].map((name) =>
      cp.request('POST', '/api/v1/tenants', { body: { name } }),
    );
    expect((await Promise.all(asked)).map(({ status }) => status).sort()).toEqual([201, 201, 409]);
    const { errors } = problem(
      await cp.request('POST', '/api/v1/tenants', { body: { name: ' straße ' } }),
      409,
    );
    expect(errors?.[0]?.location).toBe('body.name');
  });

  it.each([
    [{}, 'body.name'],
    [{ name: '' }, 'body.name'],
    [{ name: 'x'.repeat(256) }, 'body.name'],
    [{ name: 'a\u0000b' }, 'body.name'],
    [{ name: 'lone \ud800' }, 'body.name'],
    [{ name: 'ok', plan: 'platinum' }, 'body.plan'],
    [{ name: 'ok', isActive: true }, 'body.isActive'],
  ])('are not created from %j', async (body, location) => {
    const { errors } = problem(await cp.request('POST', '/api/v1/tenants', { body }), 400);
    expect(errors?.map((error) => error.location)).toEqual([location]);
    expect(errors?.[0]?.fix).toBeTruthy();
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'limit=', 'page=2'])(
    'are not listed with ?%s',
    async (query) => {
      problem(await cp.request('GET', `/api/v1/tenants?${query}`), 400);
    },
  );

  it.each([
    ['nonsense', 'nonsense'],
    ['another list’s', Buffer.from('[0,"AbCdEf012345"]').toString('base64url')],
    ['a time that is none', Buffer.from(`[1e300,"${crypto.randomUUID()}"]`).toString('base64url')],
  ])('refuse a cursor that is %s', async (_, cursor) => {
    const { errors } = problem(await cp.request('GET', `/api/v1/tenants?cursor=${cursor}`), 400);
    expect(errors?.[0]?.location).toBe('query.cursor');
  });

  it('cannot be had under a made-up id', async () => {
    problem(await cp.request('GET', `/api/v1/tenants/${crypto.randomUUID()}`), 404);
    problem(await cp.request('GET', "/api/v1/tenants/'%20OR%20true"), 400);
  });
});

describe.each([
  ['keys', 'obk_', 'ingestion-key'],
  ['query-tokens', 'obq_', 'query-token'],
] as const)('%s', (segment, prefix, kind) => {
  let tenant: Tenant;
  const keysPath = (id = tenant.id) => `/api/v1/tenants/${id}/${segment}`;
  const resolve = (secret: string) => cp.resolve(sha256Hex(secret));
  const rotate = (keyId: string, overlapSeconds: unknown) =>
    cp.request<IssuedKey>('POST', `${keysPath()}/${keyId}/rotate`, { body: { overlapSeconds } });

  beforeAll(async () => {
    tenant = await cp.createTenant(`Tenant of ${segment}`);
  });

  it('live: made, resolved, listed, revoked', async () => {
    const { key, secret } = await cp.createKey(
      tenant.id,
      { name: 'agent', signals: ['traces', 'logs', 'logs'] },
      segment,
    );
    expect(secret.startsWith(`${prefix}${key.id}_`)).toBe(true);
    expect(key).toMatchObject({ kind, tenantId: tenant.id, status: 'active', signals: ['logs', 'traces'] });
    expect(key.createdBy).toMatch(/^operator:[0-9a-f-]{36}$/);
    expect(await resolve(secret)).toMatchObject({
      status: 200,
      body: { id: key.id, kind, tenantId: tenant.id, signals: ['logs', 'traces'], expiresAt: null },
    });

    expect(await cp.request('DELETE', `${keysPath()}/${key.id}`)).toMatchObject({ status: 204, body: '' });
    problem(await resolve(secret), 404);
    const { body: revoked } = await cp.request<Key>('GET', `${keysPath()}/${key.id}`);
    expect(revoked).toMatchObject({ status: 'revoked', revokedAt: expect.any(String) });

    // Once more changes nothing.
    expect(await cp.request('DELETE', `${keysPath()}/${key.id}`)).toMatchObject({ status: 204 });
    expect((await cp.request('GET', `${keysPath()}/${key.id}`)).body).toEqual(revoked);
  });

  it('show their secret once, and it is neither stored nor logged', async () => {
    const { key, secret } = await cp.createKey(tenant.id, {}, segment);
    const inner = secret.slice(prefix.length + 13);
    const listed = await cp.request<Page<Key>>('GET', keysPath());
    const got = await cp.request('GET', `${keysPath()}/${key.id}`);
    expect(listed.body.items.map(({ id }) => id)).toContain(key.id);
    for (const text of [JSON.stringify(listed.body), JSON.stringify(got.body)]) {
      expect(text).not.toContain(inner);
      expect(text).not.toContain(sha256Hex(secret));
    }
    const rows = await runSql(cp.databaseUrl, 'SELECT credentials::text FROM credentials');
    expect(JSON.stringify(rows)).not.toContain(inner);
    // Sent where it does not belong, it does not get into the log either.
    await cp.request('GET', `/api/v1/tenants/${secret}`, { token: secret });
    expect(cp.logs.join('')).not.toContain(inner);
  });

  it('expire', async () => {
    const expiresAt = new Date(Date.now() + 2_000).toISOString();
    const { key, secret } = await cp.createKey(tenant.id, { expiresAt }, segment);
    expect(await resolve(secret)).toMatchObject({ status: 200, body: { expiresAt } });
    let last = await resolve(secret);
    while (last.status === 200) last = await resolve(secret);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    problem(last, 404);
    expect((await cp.request('GET', `${keysPath()}/${key.id}`)).body).toMatchObject({ status: 'expired' });
    problem(await rotate(key.id, 60), 409);
  });

  it('take an expiry in any offset and give it in UTC', async () => {
    const { key } = await cp.createKey(tenant.id, { expiresAt: '2100-01-01T02:00:00+02:00' }, segment);
    expect(key.expiresAt).toBe('2100-01-01T00:00:00.000Z');
  });

  it('rotate with an overlap, in which both work', async () => {
    const expiresAt = new Date(Date.now() + 90 * 86_400_000).toISOString();
    const old = await cp.createKey(tenant.id, { name: 'rotating', signals: ['metrics'], expiresAt }, segment);
    const answer = await rotate(old.key.id, 3600);
    expect(answer.status).toBe(201);
    const { key, secret } = answer.body;
    expect(key).toMatchObject({
      name: 'rotating',
      signals: ['metrics'],
      kind,
      status: 'active',
      rotatedTo: null,
    });
    expect(key.id).not.toBe(old.key.id);
    expect(Date.parse(key.createdAt)).toBeGreaterThan(Date.parse(old.key.createdAt));
    // The new key lives as long as the old one was made to live.
    expect(Math.abs(Date.parse(key.expiresAt ?? '') - Date.now() - 90 * 86_400_000)).toBeLessThan(5000);

    const { body: superseded } = await cp.request<Key>('GET', `${keysPath()}/${old.key.id}`);
    expect(superseded).toMatchObject({ status: 'active', rotatedTo: key.id });
    expect(Math.abs(Date.parse(superseded.expiresAt ?? '') - Date.now() - 3_600_000)).toBeLessThan(5000);
    expect(await resolve(old.secret)).toMatchObject({
      status: 200,
      body: { expiresAt: superseded.expiresAt },
    });
    expect(await resolve(secret)).toMatchObject({ status: 200 });
  });

  it('rotate without an overlap: the old one ends at once', async () => {
    const old = await cp.createKey(tenant.id, {}, segment);
    const { body } = await rotate(old.key.id, 0);
    problem(await resolve(old.secret), 404);
    expect(await resolve(body.secret)).toMatchObject({ status: 200, body: { expiresAt: null } });
  });

  it('never live longer for having been rotated', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const old = await cp.createKey(tenant.id, { expiresAt }, segment);
    await rotate(old.key.id, 3600);
    expect((await cp.request('GET', `${keysPath()}/${old.key.id}`)).body).toMatchObject({ expiresAt });
  });

  it('rotate once, also when asked twice at the same time; and not after revocation', async () => {
    const { key } = await cp.createKey(tenant.id, {}, segment);
    const answers = await Promise.all([rotate(key.id, 60), rotate(key.id, 60), rotate(key.id, 60)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const { key: revoked } = await cp.createKey(tenant.id, {}, segment);
    await cp.request('DELETE', `${keysPath()}/${revoked.id}`);
    problem(await rotate(revoked.id, 60), 409);
  });

  it('of another tenant, or of the other kind, answer exactly like missing ones', async () => {
    const other = await cp.createTenant(`Another tenant of ${segment}`);
    const { key: theirs, secret } = await cp.createKey(other.id, {}, segment);
    const { key: otherKind } = await cp.createKey(
      tenant.id,
      {},
      segment === 'keys' ? 'query-tokens' : 'keys',
    );
    const calls = [
      (id: string) => cp.request('GET', `${keysPath()}/${id}`),
      (id: string) => cp.request('DELETE', `${keysPath()}/${id}`),
      (id: string) => rotate(id, 0),
    ];
    for (const call of calls) {
      const missing = sameness(await call('000000000000'));
      expect(missing.status).toBe(404);
      expect(sameness(await call(theirs.id))).toEqual(missing);
      expect(sameness(await call(otherKind.id))).toEqual(missing);
    }
    expect(await resolve(secret)).toMatchObject({ status: 200 });
    const { body } = await cp.request<Page<Key>>('GET', `${keysPath()}?limit=200`);
    expect(body.items.every((key) => key.tenantId === tenant.id && key.kind === kind)).toBe(true);
  });

  it('of a tenant that is not there answer 404', async () => {
    const nowhere = keysPath(crypto.randomUUID());
    problem(await cp.request('GET', nowhere), 404);
    problem(await cp.request('POST', nowhere, { body: { name: 'x' } }), 404);
  });

  it.each([
    [{ name: 'x', signals: [] }, 'body.signals'],
    [{ name: 'x', signals: ['profiles'] }, 'body.signals[0]'],
    [{ name: 'x', expiresAt: '2020-01-01T00:00:00Z' }, 'body.expiresAt'],
    [{ name: 'x', expiresAt: '9999-12-31T23:59:59-23:00' }, 'body.expiresAt'],
    [{ name: 'x', expiresAt: 'tomorrow' }, 'body.expiresAt'],
    [{ name: 'x', expiresAt: 1e12 }, 'body.expiresAt'],
    [{ name: 'x', secret: 'mine' }, 'body.secret'],
    [{ name: 'x', tenantId: crypto.randomUUID() }, 'body.tenantId'],
  ])('are not made from %j', async (body, location) => {
    const { errors } = problem(await cp.request('POST', keysPath(), { body }), 400);
    expect(errors?.map((error) => error.location)).toEqual([location]);
  });

  it.each([-1, 0.5, 30 * 86_400 + 1, '60', null, undefined])(
    'do not rotate with an overlap of %p',
    async (overlap) => {
      const { key } = await cp.createKey(tenant.id, {}, segment);
      problem(await rotate(key.id, overlap), 400);
    },
  );
});

describe('resolving', () => {
  it('finds nothing of a tenant that is not active', async () => {
    const tenant = await cp.createTenant('Suspended');
    const { secret } = await cp.createKey(tenant.id);
    await runSql(cp.databaseUrl, "UPDATE tenants SET state = 'suspended' WHERE id = $1", [tenant.id]);
    problem(await cp.resolve(sha256Hex(secret)), 404);
  });

  it('is one statement, by an index', async () => {
    const db = connectDatabase(cp.databaseUrl, createLogger({ name: 'test', level: 'silent' }));
    const statements: string[] = [];
    await db.begin('platform', async (tx) => {
      tx.on('query', ({ sql }: { sql: string }) => statements.push(sql));
      await keyStore.findByHash(tx, '0'.repeat(64));
    });
    await db.close();
    expect(statements).toEqual([expect.stringMatching(/^select/), 'COMMIT;']);
    // Without this PostgreSQL reads a table of a few rows from end to end, and rightly so.
    const plan = await runSql(
      cp.databaseUrl,
      `SET enable_seqscan = off; EXPLAIN (GENERIC_PLAN) ${statements[0]}`,
    );
    expect(JSON.stringify(plan)).toContain('Index Scan using credentials_sha256_key');
  });

  it('does not take anything that is not a hash', async () => {
    problem(await cp.resolve('obk_'), 400);
    problem(await cp.resolve('A'.repeat(64)), 400);
  });
});

describe('metrics', () => {
  it('are there for whoever has the internal token', async () => {
    const { body } = await cp.request<string>('GET', '/internal/v1/metrics', { token: INTERNAL_TOKEN });
    expect(body).toMatch(
      /obstack_http_request_duration_seconds_count\{endpoint="createTenant",status="201"\} \d+/,
    );
  });
});

// "Does my key work?": test events through a real proxy into the real stores, and every way in which they fail, said in a
// sentence that names the fix. With them, what a tenant can see of its keys: when they were used, and what was refused.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AuthToken,
  type IssuedKey,
  type Key,
  type Page,
  type Rejection,
  SIGNALS,
  type Tenant,
  type TestEventResult,
} from '@obstack/contracts';
import { formatCredential } from '@obstack/contracts/credential-format';
import { startStack } from '@obstack/native';
import type { Stack } from '@obstack/native';
import { pushMarked } from '../src/lab/telemetry.ts';
import { until } from '../src/lab/until.ts';

let dir: string;
let stack: Stack;
let operatorToken: string;
let tenant: Tenant;
let people: Record<'own' | 'other' | 'blind', Person>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'obstack-test-event-'));
  stack = await startStack({
    dir,
    ports: 'free',
    parts: ['postgres', 'loki', 'prometheus', 'tempo', 'otel-collector', 'control-plane', 'proxy'],
  });
  operatorToken = (JSON.parse(await readFile(stack.env.OPERATOR_FILE ?? '', 'utf8')) as { token: string })
    .token;
  tenant = await operate('POST', '/tenants', { name: 'mine', plan: 'enterprise' });
  const theirs = await operate<Tenant>('POST', '/tenants', { name: 'theirs' });
  await operate('POST', `/tenants/${tenant.id}/roles`, { name: 'blind', permissions: ['costs:read'] });
  people = {
    own: await signIn(tenant, ['viewer']),
    other: await signIn(theirs, ['admin']),
    blind: await signIn(tenant, ['blind']),
  };
}, 120_000);

afterAll(async () => {
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
}, 60_000);

async function operate<T>(method: string, path: string, body?: object): Promise<T> {
  const reply = await fetch(`${stack.env.CONTROL_PLANE_URL ?? ''}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path} answered ${reply.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

const keysOf = ({ id }: Tenant): string => `/tenants/${id}/keys`;
const newKey = (input: object = {}, of = tenant): Promise<IssuedKey> =>
  operate('POST', keysOf(of), { name: 'an agent', ...input });
const test = ({ key }: IssuedKey, input: object): Promise<TestEventResult> =>
  operate('POST', `/tenants/${key.tenantId}/keys/${key.id}/test-event`, input);

interface Person {
  readonly token: string;
  readonly cookie: string;
}

async function signIn(of: Tenant, roles: string[]): Promise<Person> {
  const email = `someone-${of.id}-${roles.join('-')}@example.com`;
  const password = 'correct-horse-battery-staple-7';
  await operate('POST', `/tenants/${of.id}/users`, { email, roles, password });
  const reply = await fetch(`${stack.env.CONTROL_PLANE_URL ?? ''}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const { access_token: token } = (await reply.json()) as AuthToken;
  const cookie = reply.headers.getSetCookie().map((set) => set.split(';')[0]);
  return { token, cookie: cookie.join('; ') };
}

const query = async (
  link: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> => {
  const reply = await fetch(link, { headers });
  return { status: reply.status, text: await reply.text() };
};

const FAILED = { stored: { ok: false, seconds: null }, link: null };

describe('a test event', () => {
  it.each(SIGNALS)(
    'of %s is accepted, stored and linked, with the secret and without',
    async (signal) => {
      const issued = await newKey();
      for (const secret of [undefined, issued.secret]) {
        const { accepted, stored, link, why } = await test(issued, { signal, secret });
        expect({ accepted, stored, why }).toMatchObject({
          accepted: { ok: true, status: 200 },
          stored: { ok: true },
          why: null,
        });
        expect(stored.seconds).toBeGreaterThanOrEqual(accepted.seconds ?? Infinity);
        expect(link).toContain(stack.urls.proxy);
      }
    },
    60_000,
  );

  it.each([
    ['logs', 'A test event'],
    ['metrics', 'obstack_test_event'],
    ['traces', 'A test event'],
  ] as const)(
    'of %s is seen by the tenant’s own people, signed in, and by no others',
    async (signal, text) => {
      // Without Grafana the link is the query itself.
      const { link } = await test(await newKey(), { signal });
      const { own, other, blind } = people;
      const seen = await query(link ?? '', { authorization: `Bearer ${own.token}` });
      expect(seen).toEqual({ status: 200, text: expect.stringContaining(text) as unknown });
      expect(await query(link ?? '', { cookie: own.cookie })).toMatchObject({ status: 200 });
      const unseen = await query(link ?? '', { authorization: `Bearer ${other.token}` });
      expect([200, 404]).toContain(unseen.status);
      expect(unseen.text).not.toContain(text);
      const refused = await query(link ?? '', { authorization: `Bearer ${blind.token}` });
      expect(refused.status).toBe(403);
      expect(refused.text).toContain(`needs the permission ${signal}:read`);
    },
  );

  it('leaves no key behind, and no secret in any log', async () => {
    const issued = await newKey();
    await test(issued, { signal: 'logs', secret: issued.secret });
    const { items } = await operate<Page<Key>>('GET', `${keysOf(tenant)}?limit=200`);
    expect(items.every(({ name }) => name === 'an agent')).toBe(true);
    const tokens = await operate<Page<Key>>('GET', `/tenants/${tenant.id}/query-tokens`);
    expect(tokens.items.filter(({ name }) => name.startsWith('Test of'))).toEqual([]);
    for (const part of ['control-plane', 'proxy']) {
      expect(await readFile(join(dir, 'logs', `${part}.log`), 'utf8')).not.toContain(issued.secret.slice(17));
    }
  });

  it('of a signal that the key may not push says which it may', async () => {
    const issued = await newKey({ signals: ['metrics'] });
    for (const secret of [undefined, issued.secret]) {
      const result = await test(issued, { signal: 'logs', secret });
      expect(result).toMatchObject({ accepted: { ok: false, status: 403 }, ...FAILED });
      expect(result.why).toMatch(/may push metrics only: create one that may push logs/);
    }
  });

  it('with a key that is over says so', async () => {
    const revoked = await newKey();
    await operate('DELETE', `${keysOf(tenant)}/${revoked.key.id}`);
    const expired = await newKey({ expiresAt: new Date(Date.now() + 300).toISOString() });
    await until('it has expired', () => Date.now() > Date.parse(expired.key.expiresAt ?? ''));
    for (const [issued, why] of [
      [revoked, /revoked: create a new one/],
      [expired, /expired: create a new one/],
    ] as const) {
      expect(await test(issued, { signal: 'logs' })).toMatchObject({
        accepted: { ok: false, status: null },
        ...FAILED,
        why: expect.stringMatching(why) as unknown,
      });
      expect(await test(issued, { signal: 'logs', secret: issued.secret })).toMatchObject({
        accepted: { ok: false, status: 401 },
        ...FAILED,
        why: expect.stringMatching(why) as unknown,
      });
    }
  });

  it('of a suspended tenant says so', async () => {
    const suspended = await operate<Tenant>('POST', '/tenants', { name: 'suspended' });
    const issued = await newKey({}, suspended);
    await operate('POST', `/tenants/${suspended.id}/suspend`, { reason: 'a test' });
    for (const secret of [undefined, issued.secret]) {
      const { why } = await test(issued, { signal: 'logs', secret });
      expect(why).toMatch(/suspended: ask your operator to resume it/);
    }
  });

  it('with the secret of no key of that id says so', async () => {
    const issued = await newKey();
    const secret = formatCredential('ingestion-key', issued.key.id, 'x'.repeat(32));
    const { why } = await test(issued, { signal: 'logs', secret });
    expect(why).toMatch(/not the secret of key/);
    const other = await newKey();
    await expect(test(issued, { signal: 'logs', secret: other.secret })).rejects.toThrow(
      /answered 400.*body\.secret/,
    );
  });

  it('above a limit says so, and the tenant can read it in its rejections; as when its keys were used', async () => {
    const issued = await newKey({ limits: { logBytesBurst: 1 } });
    const { why, accepted } = await test(issued, { signal: 'logs' });
    expect(accepted.status).toBe(413);
    expect(why).toMatch(/above a limit.*limit of 1 of this key.*raise the limits/);
    expect((await pushMarked(stack.urls.proxy, issued.secret, 'logs', 'too_much')).status).toBe(413);
    const rejections = await until('the proxy has reported', async () => {
      const { items } = await operate<Page<Rejection>>(
        'GET',
        `/tenants/${tenant.id}/rejections?keyId=${issued.key.id}`,
      );
      return items[0]?.count === 2 && items;
    });
    expect(rejections).toMatchObject([{ signal: 'logs', reason: 'too_large', status: 413 }]);
    const { lastUsedAt } = await operate<Key>('GET', `${keysOf(tenant)}/${issued.key.id}`);
    expect(Math.abs(Date.now() - Date.parse(lastUsedAt ?? ''))).toBeLessThan(30_000);
  });

  it('says which part is down', async () => {
    const issued = await newKey();
    await stack.kill('loki');
    const { accepted, why } = await test(issued, { signal: 'logs' });
    expect(accepted.ok).toBe(false);
    expect(why).toMatch(/^The store of logs cannot take it right now/);
    expect(await test(issued, { signal: 'metrics' })).toMatchObject({ stored: { ok: true } });
    await stack.kill('proxy');
    expect((await test(issued, { signal: 'logs' })).why).toMatch(
      /^The proxy cannot be reached \((?:ECONNREFUSED|ECONNRESET)\)/,
    );
    await stack.start('proxy');
    await stack.start('loki');
    await until('it works again', async () => (await test(issued, { signal: 'logs' })).stored.ok);
  }, 90_000);
});

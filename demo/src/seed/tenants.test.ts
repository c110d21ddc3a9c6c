import { describe, expect, it } from '@jest/globals';
import { type Endpoint, formatCredential, parseCredential, publicEndpoints } from '@obstack/contracts';
import { ApiError, type Client } from '@obstack/contracts/client';
import { ensureTenant } from './tenants.ts';

interface FakeKey {
  id: string;
  kind: 'keys' | 'query-tokens';
  tenantId: string;
  name: string;
  status: 'active' | 'revoked';
}

const NOT_FOUND = {
  type: 'urn:obstack:problem:not-found',
  title: '',
  status: 404,
  detail: 'not found',
  requestId: '',
};

/** As much of the admin API as the seed asks of it, over two lists. Pages hold one item each. */
function fakeControlPlane() {
  const tenants: { id: string; name: string; plan: string }[] = [];
  const keys: FakeKey[] = [];
  const users: { id: string; tenantId: string; email: string; password: string }[] = [];
  let made = 0;

  interface FakeInput {
    params?: { tenantId?: string; keyId?: string; userId?: string };
    query?: { cursor?: string };
    body?: { name?: string; plan?: string; email?: string; password?: string; token?: string };
  }
  const page = (items: unknown[], cursor = '0') => {
    const at = Number(cursor);
    return { items: items.slice(at, at + 1), next: at + 1 < items.length ? String(at + 1) : null };
  };
  const found = <T>(item: T | undefined): T => {
    if (!item) throw new ApiError(404, JSON.stringify(NOT_FOUND));
    return item;
  };
  const answer = (endpoint: Endpoint, { params, query, body }: FakeInput): unknown => {
    if (endpoint.id === 'createTenant') {
      const tenant = { id: `tenant-${tenants.length}`, name: body?.name ?? '', plan: body?.plan ?? '' };
      tenants.push(tenant);
      return tenant;
    }
    if (endpoint.id === 'listTenants') return page(tenants, query?.cursor);
    if (endpoint.id === 'listUsers') {
      return page(
        users.filter(({ tenantId }) => tenantId === params?.tenantId),
        query?.cursor,
      );
    }
    if (endpoint.id === 'createUser') {
      const { email = '', password = '' } = body ?? {};
      users.push({ id: `user-${users.length}`, tenantId: params?.tenantId ?? '', email, password });
      return { user: users.at(-1), setPassword: null };
    }
    if (endpoint.id === 'createSetPasswordToken') return { token: params?.userId };
    if (endpoint.id === 'setPassword') {
      return void (found(users.find(({ id }) => id === body?.token)).password = body?.password ?? '');
    }
    if (endpoint.id === 'getTenant') return found(tenants.find(({ id }) => id === params?.tenantId));

    const kind = endpoint.path.includes('/query-tokens') ? 'query-tokens' : 'keys';
    const ofTenant = keys.filter((key) => key.kind === kind && key.tenantId === params?.tenantId);
    if (endpoint.method === 'POST') {
      const id = String(++made).padStart(12, '0');
      keys.push({ id, kind, tenantId: params?.tenantId ?? '', name: body?.name ?? '', status: 'active' });
      const type = kind === 'keys' ? 'ingestion-key' : 'query-token';
      return { key: {}, secret: formatCredential(type, id, 's'.repeat(32)) };
    }
    if (endpoint.id.startsWith('list')) return page(ofTenant, query?.cursor);
    const key = found(ofTenant.find(({ id }) => id === params?.keyId));
    if (endpoint.method === 'DELETE') key.status = 'revoked';
    return key;
  };
  const methods = publicEndpoints.map((endpoint) => [
    endpoint.id,
    // eslint-disable-next-line @typescript-eslint/require-await -- a throw must become a rejection
    async (input: FakeInput = {}) => answer(endpoint, input),
  ]);
  const api = Object.fromEntries(methods) as Client;
  return { api, tenants, keys, users };
}

const wanted = { name: 'acme', plan: 'saas' } as const;

describe('seeding a tenant', () => {
  it('makes it, with a key to push and a token to query', async () => {
    const { api, tenants, keys } = fakeControlPlane();
    const seeded = await ensureTenant(api, wanted);
    expect(tenants).toEqual([{ id: seeded.id, ...wanted }]);
    expect(parseCredential(seeded.ingestKey)?.kind).toBe('ingestion-key');
    expect(parseCredential(seeded.queryToken)?.kind).toBe('query-token');
    expect(keys).toHaveLength(2);
  });

  it('changes nothing the second time', async () => {
    const { api, tenants, keys } = fakeControlPlane();
    const seeded = await ensureTenant(api, wanted);
    expect(await ensureTenant(api, wanted, seeded)).toEqual(seeded);
    expect([tenants.length, keys.length]).toEqual([1, 2]);
  });

  it('makes an administrator, and keeps the one that the demo file knows', async () => {
    const { api, users } = fakeControlPlane();
    const seeded = await ensureTenant(api, wanted);
    expect(users).toMatchObject([{ tenantId: seeded.id, ...seeded.admin }]);
    expect((await ensureTenant(api, wanted, seeded)).admin).toEqual(seeded.admin);
    expect(users).toMatchObject([seeded.admin as object]);
  });

  it('gives an administrator whose password is lost a new one', async () => {
    const { api, users } = fakeControlPlane();
    const lost = await ensureTenant(api, wanted);
    const { admin } = await ensureTenant(api, wanted);
    expect(admin?.email).toBe(lost.admin?.email);
    expect(admin?.password).not.toBe(lost.admin?.password);
    expect(users).toMatchObject([admin as object]);
  });

  it('finds the tenant by name, and replaces credentials whose secrets are lost', async () => {
    const { api, tenants, keys } = fakeControlPlane();
    await ensureTenant(api, { name: 'someone else', plan: 'saas' });
    const lost = await ensureTenant(api, wanted);
    const seeded = await ensureTenant(api, wanted);
    expect(seeded.id).toBe(lost.id);
    expect(tenants).toHaveLength(2);
    const statusOf = (credential: string) =>
      keys.find(({ id }) => id === parseCredential(credential)?.keyId)?.status;
    expect([lost.ingestKey, lost.queryToken].map(statusOf)).toEqual(['revoked', 'revoked']);
    expect([seeded.ingestKey, seeded.queryToken].map(statusOf)).toEqual(['active', 'active']);
    expect(keys.filter(({ status }) => status === 'active')).toHaveLength(4);
  });

  it('replaces a credential that was revoked meanwhile, and only that one', async () => {
    const { api, keys } = fakeControlPlane();
    const seeded = await ensureTenant(api, wanted);
    const [first] = keys;
    if (first) first.status = 'revoked';
    const again = await ensureTenant(api, wanted, seeded);
    expect(again.ingestKey).not.toBe(seeded.ingestKey);
    expect(again.queryToken).toBe(seeded.queryToken);
  });

  it('starts anew when the file is about another database', async () => {
    const { api } = fakeControlPlane();
    const stale = await ensureTenant(fakeControlPlane().api, wanted);
    const seeded = await ensureTenant(api, wanted, { ...stale, id: 'of-another-database' });
    expect(seeded.id).not.toBe('of-another-database');
  });
});

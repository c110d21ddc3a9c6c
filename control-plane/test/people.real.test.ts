/** Users and roles: who may make whom, and that every change is known at once. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Me, Page, Role, SetPasswordToken, Tenant, User } from '@obstack/contracts';
import { Problem } from '@obstack/contracts/problem';
import { type Answer, PASSWORD, startTestControlPlane, type TestControlPlane } from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';
import { type EventStream, openEventStream } from './event-stream.ts';

let postgres: TestPostgres;
let cp: TestControlPlane;
/** Another copy, whose stream of events must tell the same. */
let copy: TestControlPlane;
let tenant: Tenant;
let admin: { user: User; token: string };

beforeAll(async () => {
  postgres = await startTestPostgres();
  const database = await postgres.migratedDatabase();
  cp = await startTestControlPlane(database);
  copy = await startTestControlPlane(database, cp.operator);
  tenant = await newTenant('Acme');
  admin = await newAdmin(tenant.id);
});
afterAll(async () => {
  await cp.close();
  await copy.close();
  await postgres.stop();
});

let made = 0;
const newEmail = () => `someone-${++made}@example.com`;

async function newTenant(name: string, plan = 'enterprise'): Promise<Tenant> {
  return (await cp.request<Tenant>('POST', '/api/v1/tenants', { body: { name, plan } })).body;
}

async function newAdmin(tenantId: string): Promise<typeof admin> {
  const user = await cp.createUser(tenantId, newEmail(), ['admin']);
  return { user, token: await cp.signIn(user.email) };
}

const usersPath = (id = tenant.id) => `/api/v1/tenants/${id}/users`;
const rolesPath = (id = tenant.id) => `/api/v1/tenants/${id}/roles`;
const userPath = ({ id, tenantId }: User) => `${usersPath(tenantId)}/${id}`;

const patch = <Body = User>(path: string, body: object, token = admin.token, headers = {}) =>
  cp.request<Body>('PATCH', path, { token, body, headers });
const createRole = (name: string, permissions: string[], token = admin.token) =>
  cp.request<Role>('POST', rolesPath(), { token, body: { name, permissions } });

function problem(answer: Answer<unknown>, status: number): Problem {
  const body = Problem.parse(answer.body);
  expect([answer.status, body.status]).toEqual([status, status]);
  return body;
}

describe('users', () => {
  it('are created by an admin, listed, and found', async () => {
    const { status, body } = await cp.request<{ user: User; setPassword: SetPasswordToken | null }>(
      'POST',
      usersPath(),
      { token: admin.token, body: { email: ' Ada@Example.com '.trim(), roles: ['editor', 'viewer'] } },
    );
    expect(status).toBe(201);
    expect(body.user).toMatchObject({
      tenantId: tenant.id,
      email: 'ada@example.com',
      roles: ['editor', 'viewer'],
      isActive: true,
      hasPassword: false,
      keycloakUserId: null,
    });
    expect(body.setPassword?.token).toMatch(/^\w{43}$/);
    expect((await cp.request('GET', userPath(body.user), { token: admin.token })).body).toEqual(body.user);
    const { body: page } = await cp.request<Page<User>>('GET', usersPath(), { token: admin.token });
    expect(page.items.map(({ id }) => id)).toEqual([admin.user.id, body.user.id]);
  });

  it('have an address of their own, in all tenants, whatever its letter case', async () => {
    const other = await newTenant('Other people');
    const email = newEmail();
    await cp.createUser(other.id, email);
    for (const taken of [email, email.toUpperCase()]) {
      const answer = await cp.request('POST', usersPath(), { token: admin.token, body: { email: taken } });
      expect(problem(answer, 409).errors?.[0]?.location).toBe('body.email');
    }
  });

  it.each([
    [{}, 'body.email'],
    [{ email: 'x' }, 'body.email'],
    [{ email: 'a@b.example', roles: [] }, 'body.roles'],
    [{ email: 'a@b.example', roles: ['superuser'] }, 'body.roles[0]'],
    [{ email: 'a@b.example', roles: ['viewer', 'Admin'] }, 'body.roles[1]'],
    [{ email: 'a@b.example', isActive: false }, 'body.isActive'],
  ])('are not created from %j', async (body, location) => {
    const answer = await cp.request('POST', usersPath(), { token: admin.token, body });
    expect(problem(answer, 400).errors?.map((error) => error.location)).toEqual([location]);
  });

  it('created twice under one Idempotency-Key are one, with the same token', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const body = { email: newEmail() };
    const create = () => cp.request('POST', usersPath(), { token: admin.token, body, headers });
    expect((await create()).body).toEqual((await create()).body);
  });

  it('of a tenant that is not there cannot be made', async () => {
    problem(await cp.request('POST', usersPath(crypto.randomUUID()), { body: { email: newEmail() } }), 404);
  });

  it('are changed as they were read, or not at all', async () => {
    const user = await cp.createUser(tenant.id, newEmail());
    const read = await cp.request('GET', userPath(user), { token: admin.token });
    const etag = { 'if-match': read.headers.get('etag') ?? '' };
    expect((await patch(userPath(user), { roles: ['editor'] }, admin.token, etag)).body.roles).toEqual([
      'editor',
    ]);
    problem(await patch(userPath(user), { roles: ['admin'] }, admin.token, etag), 412);
    expect((await cp.request<User>('GET', userPath(user))).body.roles).toEqual(['editor']);
  });

  it('of another tenant answer exactly like missing ones', async () => {
    const theirs = await cp.createUser((await newTenant('Theirs')).id, newEmail());
    const calls = [
      (id: string) => cp.request('GET', `${usersPath()}/${id}`, { token: admin.token }),
      (id: string) => patch(`${usersPath()}/${id}`, { isActive: false }),
      (id: string) => cp.request('DELETE', `${usersPath()}/${id}`, { token: admin.token }),
      (id: string) => cp.request('POST', `${usersPath()}/${id}/set-password-token`, { token: admin.token }),
      (id: string) => cp.request('GET', `${usersPath()}/${id}/sessions`, { token: admin.token }),
      (id: string) => cp.request('DELETE', `${usersPath()}/${id}/sessions`, { token: admin.token }),
    ];
    for (const call of calls) {
      const [missing, other] = [await call(crypto.randomUUID()), await call(theirs.id)];
      expect({ ...problem(other, 404), requestId: '' }).toEqual({ ...problem(missing, 404), requestId: '' });
    }
    expect((await cp.request<User>('GET', userPath(theirs))).body).toEqual(theirs);
  });

  it('keep no password or hash in what is told about their changes', async () => {
    const rows = await runSql(cp.databaseUrl, 'SELECT * FROM audit_events');
    const [{ hash } = { hash: '' }] = await runSql<{ hash: string }>(
      cp.databaseUrl,
      'SELECT hashed_password AS hash FROM users WHERE hashed_password IS NOT NULL LIMIT 1',
    );
    expect(hash).toMatch(/^\$argon2id/);
    expect(JSON.stringify(rows)).not.toContain(hash);
    expect(JSON.stringify(rows)).not.toContain(PASSWORD);
  });
});

describe('the last admin', () => {
  it('stays: not removed, demoted or deactivated, not even by an operator', async () => {
    const small = await newTenant('Small');
    const { user, token } = await newAdmin(small.id);
    // One who could not take over does not count.
    const asleep = await cp.createUser(small.id, newEmail(), ['admin']);
    await patch(userPath(asleep), { isActive: false }, token);
    for (const who of [token, cp.operator.token]) {
      problem(await patch(userPath(user), { roles: ['viewer'] }, who), 409);
      problem(await patch(userPath(user), { isActive: false }, who), 409);
      problem(await cp.request('DELETE', userPath(user), { token: who }), 409);
    }
    expect((await cp.request<User>('GET', userPath(user))).body).toEqual(user);
    expect((await patch(userPath(asleep), { isActive: true }, token)).status).toBe(200);
    expect((await patch(userPath(user), { roles: ['viewer'] }, token)).status).toBe(200);
  });

  it('stays when two of them remove each other at once', async () => {
    for (let round = 0; round < 3; round++) {
      const pair = await newTenant(`Pair ${round}`);
      const [one, two] = [await newAdmin(pair.id), await newAdmin(pair.id)];
      const answers = await Promise.all([
        cp.request('DELETE', userPath(one.user), { token: two.token }),
        copy.request('DELETE', userPath(two.user), { token: one.token }),
      ]);
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    }
  });
});

describe('nobody gives what they do not have', () => {
  let manager: { user: User; token: string };

  beforeAll(async () => {
    await createRole('people-manager', ['users:read', 'users:write', 'roles:write', 'logs:read']);
    await createRole('log-reader', ['logs:read']);
    const user = await cp.createUser(tenant.id, newEmail(), ['people-manager']);
    manager = { user, token: await cp.signIn(user.email) };
  });

  it('by a role that is handed out', async () => {
    const create = (roles: string[]) =>
      cp.request('POST', usersPath(), { token: manager.token, body: { email: newEmail(), roles } });
    expect((await create(['log-reader'])).status).toBe(201);
    expect(problem(await create(['viewer']), 403).detail).toMatch(/metrics:read/);
    problem(await create(['log-reader', 'admin']), 403);
  });

  it('by a role that is made or changed', async () => {
    problem(await createRole('too-much', ['logs:read', 'audit:read'], manager.token), 403);
    expect((await createRole('enough', ['logs:read'], manager.token)).status).toBe(201);
    problem(await patch(`${rolesPath()}/enough`, { permissions: ['keys:write'] }, manager.token), 403);
    // Their own, to begin with.
    problem(
      await patch(`${rolesPath()}/people-manager`, { permissions: ['audit:read'] }, manager.token),
      403,
    );
    problem(await createRole('over-all', ['tenants:write']), 400);
    expect((await patch(`${rolesPath()}/enough`, { permissions: [] }, manager.token)).status).toBe(200);
  });

  it('to themselves', async () => {
    problem(await patch(userPath(manager.user), { roles: ['people-manager', 'admin'] }, manager.token), 403);
    const { body } = await cp.request<Me>('GET', '/api/v1/auth/me', { token: manager.token });
    expect(body.permissions).toEqual(['logs:read', 'users:read', 'users:write', 'roles:write']);
  });

  it('by becoming somebody who has it, or taking it from them', async () => {
    const editor = await cp.createUser(tenant.id, newEmail(), ['editor']);
    problem(
      await cp.request('POST', `${userPath(editor)}/set-password-token`, { token: manager.token }),
      403,
    );
    problem(await patch(userPath(editor), { roles: ['log-reader'] }, manager.token), 403);
    problem(await patch(userPath(editor), { isActive: false }, manager.token), 403);
    problem(await cp.request('DELETE', userPath(editor), { token: manager.token }), 403);

    await patch(userPath(editor), { isActive: false });
    problem(await patch(userPath(editor), { isActive: true }, manager.token), 403);
    const reader = await cp.createUser(tenant.id, newEmail(), ['log-reader']);
    problem(await patch(userPath(reader), { isActive: false, roles: ['editor'] }, manager.token), 403);
    expect((await patch(userPath(reader), { isActive: false }, manager.token)).status).toBe(200);
    expect((await cp.request('DELETE', userPath(reader), { token: manager.token })).status).toBe(204);
  });
});

describe('roles', () => {
  it('are the built-in ones and the tenant’s own', async () => {
    const own = await newTenant('With roles');
    const owner = await newAdmin(own.id);
    const list = () => cp.request<Page<Role>>('GET', rolesPath(own.id), { token: owner.token });
    expect((await list()).body.items.map(({ name, builtIn }) => [name, builtIn])).toEqual([
      ['viewer', true],
      ['editor', true],
      ['admin', true],
    ]);
    const body = { name: 'on-call', description: 'At night', permissions: ['alerts:write', 'alerts:read'] };
    const created = await cp.request<Role>('POST', rolesPath(own.id), { token: owner.token, body });
    expect(created).toMatchObject({
      status: 201,
      body: { name: 'on-call', permissions: ['alerts:read', 'alerts:write'], builtIn: false },
    });
    expect((await list()).body.items.at(-1)).toEqual(created.body);
    const read = await cp.request('GET', `${rolesPath(own.id)}/on-call`, { token: owner.token });
    expect(read.body).toEqual(created.body);
    const etag = { 'if-match': read.headers.get('etag') ?? '' };
    const change = () =>
      patch<Role>(`${rolesPath(own.id)}/on-call`, { description: 'By day' }, owner.token, etag);
    expect((await change()).body.description).toBe('By day');
    problem(await change(), 412);
    // Known to this tenant alone.
    problem(await cp.request('GET', `${rolesPath()}/on-call`, { token: admin.token }), 404);
  });

  it('have one name each, and those built in belong to all', async () => {
    await createRole('twice', []);
    problem(await createRole('twice', []), 409);
    problem(await createRole('admin', []), 409);
    for (const path of ['viewer', 'editor', 'admin']) {
      problem(await patch(`${rolesPath()}/${path}`, { permissions: [] }), 409);
      problem(await cp.request('DELETE', `${rolesPath()}/${path}`, { token: admin.token }), 409);
    }
  });

  it('are removed once nobody has them', async () => {
    await createRole('short-lived', ['logs:read']);
    const user = await cp.createUser(tenant.id, newEmail(), ['short-lived', 'viewer']);
    const remove = () => cp.request('DELETE', `${rolesPath()}/short-lived`, { token: admin.token });
    expect(problem(await remove(), 409).detail).toMatch(/^1 user/);
    await patch(userPath(user), { roles: ['viewer'] });
    expect((await remove()).status).toBe(204);
    problem(await remove(), 404);
  });

  it('need the plan for it, and can be tidied away without', async () => {
    const lesser = await newTenant('Lesser');
    const owner = await newAdmin(lesser.id);
    const create = (name: string) =>
      cp.request('POST', rolesPath(lesser.id), { token: owner.token, body: { name, permissions: [] } });
    expect((await create('before')).status).toBe(201);
    await cp.request('PATCH', `/api/v1/tenants/${lesser.id}`, { body: { plan: 'saas' } });
    expect(problem(await create('after'), 403)).toMatchObject({
      type: 'urn:obstack:problem:plan-required',
      detail: expect.stringMatching(/enterprise/) as unknown,
    });
    problem(await patch(`${rolesPath(lesser.id)}/before`, { permissions: [] }, owner.token), 403);
    const gone = await cp.request('DELETE', `${rolesPath(lesser.id)}/before`, { token: owner.token });
    expect(gone.status).toBe(204);
  });
});

describe('what changes is told to proxies, by every copy, in less than a second', () => {
  let streams: EventStream[];

  beforeAll(async () => {
    streams = [await openEventStream(cp.url), await openEventStream(copy.url)];
  });
  afterAll(() => {
    for (const stream of streams) stream.close();
  });

  /** Does something, and waits until both streams have spoken of `subject`. */
  async function told(subject: string, change: () => Promise<Answer<unknown>>): Promise<number> {
    const heard = streams.map((stream) =>
      stream.next((event) => event.type === 'invalidated' && event.subject === subject),
    );
    const start = performance.now();
    expect((await change()).status).toBeLessThan(300);
    const events = await Promise.all(heard);
    return Math.max(...events.map(({ at }) => at)) - start;
  }

  it('of a user: roles, deactivation, sessions, password, removal', async () => {
    const user = await cp.createUser(tenant.id, newEmail());
    const about = `user:${user.id}`;
    const token = await cp.signIn(user.email);
    await cp.signIn(user.email);
    const changes = [
      () => patch(userPath(user), { roles: ['editor'] }),
      () => cp.request('POST', '/api/v1/auth/logout', { token }),
      () => cp.request('DELETE', `${userPath(user)}/sessions`, { token: admin.token }),
      () => patch(userPath(user), { isActive: false }),
      () => cp.request('DELETE', userPath(user), { token: admin.token }),
    ];
    for (const change of changes) expect(await told(about, change)).toBeLessThan(1000);
  });

  it('of a role: all of its tenant', async () => {
    await createRole('told-of', ['logs:read']);
    const user = await cp.createUser(tenant.id, newEmail(), ['told-of']);
    const token = await cp.signIn(user.email);
    const took = await told(`tenant:${tenant.id}`, () =>
      patch(`${rolesPath()}/told-of`, { permissions: ['traces:read'] }),
    );
    expect(took).toBeLessThan(1000);
    const { body } = await copy.request<Me>('GET', '/api/v1/auth/me', { token });
    expect(body.permissions).toEqual(['traces:read']);
  });
});

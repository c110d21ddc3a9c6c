// People who sign in through Keycloak, all of it real: tenants get their place there, their people sign in with a
// browser, query through the proxy, and see nobody else's; what somebody spoils in Keycloak is mended; Keycloak may fail.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IssuedKey, Me, Plan, Provisioning, Tenant, User } from '@obstack/contracts';
import { type Gate, openGate, startTestWorker, type TestWorker } from '@obstack/control-plane/testing';
import { startStack } from '@obstack/native';
import type { Stack } from '@obstack/native';
import { Browser } from '../src/lab/browser.ts';
import type { Page } from '../src/lab/browser.ts';
import { keycloakAdmin } from '../src/lab/keycloak.ts';
import type { KeycloakAdmin } from '../src/lab/keycloak.ts';
import { findMarked, holdsMarked, pushMarked } from '../src/lab/telemetry.ts';
import { until } from '../src/lab/until.ts';
import { useLab } from '../src/lab/use-lab.ts';

const PASSWORD = 'seven purple umbrellas sing';
const CALLBACK = '/api/v1/auth/oidc/callback';

interface Customer {
  tenant: Tenant;
  admin: User;
  realm: string;
  /** What its logs alone say. */
  marker: string;
}

let dir: string;
let stack: Stack;
let cp: string;
let keycloak: KeycloakAdmin;
let operator: { token: string; email: string; password: string };
let own: Customer;
let other: Customer;

beforeAll(async () => {
  const lab = await useLab();
  dir = await mkdtemp(join(tmpdir(), 'obstack-keycloak-'));
  stack = await startStack({
    dir,
    ports: 'free',
    parts: ['postgres', 'keycloak-database', 'keycloak', 'control-plane', 'control-plane-worker', 'proxy'],
    env: {
      LOKI_URL: lab.loki,
      TEMPO_URL: lab.tempo,
      PROMETHEUS_URL: lab.prometheus,
      OTEL_COLLECTOR_URL: lab.collector,
      WORKER_LEASE_SECONDS: '2',
      WORKER_RETRY_SECONDS: '0.5',
    },
  });
  cp = stack.urls['control-plane'];
  keycloak = keycloakAdmin(stack.env);
  operator = JSON.parse(await readFile(stack.env.OPERATOR_FILE ?? '', 'utf8')) as typeof operator;
  [own, other] = await Promise.all([customer('enterprise'), customer('enterprise')]);
}, 900_000);

afterAll(async () => {
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
}, 60_000);

async function call(
  method: string,
  path: string,
  { token, cookie, body }: { token?: string; cookie?: string; body?: object } = {},
): Promise<{ status: number; text: string }> {
  const reply = await fetch(`${cp}/api/v1${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(cookie !== undefined && { cookie, origin: cp }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, text: await reply.text() };
}

async function operate<T>(method: string, path: string, body?: object): Promise<T> {
  const { status, text } = await call(method, path, { token: operator.token, ...(body && { body }) });
  if (status >= 400) throw new Error(`${method} ${path} answered ${status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** A tenant with an admin and a log line; its place in Keycloak is there, and so are its people. */
async function customer(plan: Plan): Promise<Customer> {
  const name = `${plan} ${randomBytes(4).toString('hex')}`;
  const tenant = await operate<Tenant>('POST', '/tenants', { name, plan });
  const admin = await addUser(tenant, ['admin']);
  const key = await operate<IssuedKey>('POST', `/tenants/${tenant.id}/keys`, { name: 'an agent' });
  const marker = `marker_${randomBytes(8).toString('hex')}`;
  expect((await pushMarked(stack.urls.proxy, key.secret, 'logs', marker)).status).toBeLessThan(300);
  await until(
    `${name} is ready`,
    async () => {
      const { state, steps } = await operate<Provisioning>('GET', `/tenants/${tenant.id}/provisioning`);
      const step = steps.find(({ name: of }) => of === 'keycloak');
      if (state === 'ready' && step?.state === 'done') return true;
      throw new Error(`it is ${state}: ${JSON.stringify(step)}`);
    },
    240_000,
  );
  await known(admin);
  return { tenant, admin, realm: plan === 'enterprise' ? `tenant-${tenant.id}` : 'obstack', marker };
}

async function addUser(tenant: Pick<Tenant, 'id'>, roles: string[]): Promise<User> {
  const email = `${randomBytes(6).toString('hex')}@people.test`;
  const body = { email, roles, password: PASSWORD };
  return (await operate<{ user: User }>('POST', `/tenants/${tenant.id}/users`, body)).user;
}

/** Waits until Keycloak has been told about a user. @returns their id there */
function known({ id, tenantId }: User): Promise<string> {
  return until(
    'Keycloak knows the user',
    async () => (await operate<User>('GET', `/tenants/${tenantId}/users/${id}`)).keycloakUserId,
    60_000,
  );
}

const loginUrl = (tenant: string, returnTo = '/home?tab=1') =>
  `${cp}/api/v1/auth/oidc/login?${new URLSearchParams({ tenant, returnTo }).toString()}`;
const beforeHome = (location: string) => !location.startsWith(`${cp}/home`);
const beforeCallback = (location: string) => !location.includes(CALLBACK);

/** Fills in Keycloak's form: both fields at once, or the address first where organizations share the realm. */
async function fillIn(
  browser: Browser,
  page: Page,
  email: string,
  password: string,
  goOn: (location: string) => boolean,
): Promise<Page> {
  const next = page.body.includes('type="password"') ? page : await browser.submit(page, { username: email });
  return browser.submit(next, { username: email, password, credentialId: '' }, goOn);
}

async function signIn(
  { tenant, admin }: Customer,
  { email = admin.email, password = PASSWORD, goOn = beforeHome } = {},
): Promise<{ browser: Browser; page: Page }> {
  const browser = new Browser();
  const form = await browser.open(loginUrl(tenant.name));
  expect(form.status).toBe(200);
  return { browser, page: await fillIn(browser, form, email, password, goOn) };
}

/** Signs in at Keycloak as our pages do, but keeps what Keycloak answers: an access token of its own. */
async function keycloakToken(
  { tenant, admin, realm }: Customer,
  { email = admin.email, scope = realm === 'obstack' ? `openid organization:${tenant.id}` : 'openid' } = {},
): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const browser = new Browser();
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'obstack',
    redirect_uri: cp + CALLBACK,
    scope,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const endpoint = `${keycloak.url}/realms/${realm}/protocol/openid-connect`;
  const form = await browser.open(`${endpoint}/auth?${query.toString()}`);
  const page = await fillIn(browser, form, email, PASSWORD, beforeCallback);
  const code = new URL(page.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const reply = await fetch(`${endpoint}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'obstack',
      redirect_uri: cp + CALLBACK,
      code,
      code_verifier: verifier,
    }),
  });
  const { access_token } = (await reply.json()) as { access_token: string };
  return access_token;
}

async function query(
  marker: string,
  headers: Record<string, string>,
): Promise<{ status: number; found: boolean }> {
  const reply = await fetch(stack.urls.proxy + findMarked('logs', marker), { headers });
  const text = await reply.text();
  return { status: reply.status, found: reply.ok && holdsMarked('logs', marker, resultOf(text)) };
}
/** Without the query, which an answer may repeat. */
const resultOf = (text: string): string =>
  JSON.stringify((JSON.parse(text) as { data: { result: unknown } }).data.result);

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const cookieOf = (browser: Browser) => ({ cookie: browser.cookiesFor(`${cp}/`) });

describe('a tenant with a realm of its own', () => {
  it('has its realm, clients, roles and admin', async () => {
    const realm = await keycloak.ask<Record<string, unknown>>('GET', `/${own.realm}`);
    expect(realm).toMatchObject({
      displayName: own.tenant.name,
      enabled: true,
      registrationAllowed: false,
      bruteForceProtected: true,
    });
    const roles = await keycloak.ask<{ name: string }[]>('GET', `/${own.realm}/roles`);
    expect(roles?.map(({ name }) => name)).toEqual(expect.arrayContaining(['viewer', 'editor', 'admin']));
    expect(await clientOf(own)).toMatchObject({
      publicClient: true,
      standardFlowEnabled: true,
      directAccessGrantsEnabled: false,
      redirectUris: [cp + CALLBACK],
      attributes: { 'pkce.code.challenge.method': 'S256' },
    });
  });

  it('signs its admin in with a browser, who then reads its data and nobody else’s', async () => {
    const { browser, page } = await signIn(own);
    expect([page.status, page.headers.get('location')]).toEqual([302, '/home?tab=1']);
    for (const name of ['obstack_session', 'obstack_refresh']) {
      expect(browser.cookie(name)?.text).toMatch(/; Secure; HttpOnly; SameSite=Lax/);
    }
    expect(browser.cookie('obstack_oidc')).toBeUndefined();
    const { status, text } = await call('GET', '/auth/me', cookieOf(browser));
    expect(status).toBe(200);
    const me = JSON.parse(text) as Me;
    expect([me.id, me.tenant?.id, me.roles]).toEqual([own.admin.id, own.tenant.id, ['admin']]);
    await until('own logs are there', async () => (await query(own.marker, cookieOf(browser))).found);
    expect(await query(other.marker, cookieOf(browser))).toEqual({ status: 200, found: false });
    expect((await call('GET', `/tenants/${own.tenant.id}/users`, cookieOf(browser))).status).toBe(200);
    expect((await call('GET', `/tenants/${other.tenant.id}/users`, cookieOf(browser))).status).toBe(404);
  });

  it('lets the access tokens of its realm in, for its own data only', async () => {
    const tokens = await Promise.all([keycloakToken(own), keycloakToken(other)]);
    for (const [index, mine] of [own, other].entries()) {
      const yours = mine === own ? other : own;
      const headers = bearer(tokens[index] ?? '');
      await until('own logs are there', async () => (await query(mine.marker, headers)).found);
      expect(await query(yours.marker, headers)).toEqual({ status: 200, found: false });
      const users = (tenant: Tenant) =>
        call('GET', `/tenants/${tenant.id}/users`, { token: tokens[index] ?? '' });
      expect((await users(mine.tenant)).status).toBe(200);
      expect((await users(yours.tenant)).status).toBe(404);
    }
  });

  it('refuses tokens of realms that are not ours, and those that were not made for us', async () => {
    // A realm of the very same Keycloak, and one with the most powerful token it has.
    const stranger = await keycloak.token();
    expect((await query(own.marker, bearer(stranger))).status).toBe(401);
    expect((await call('GET', '/auth/me', { token: stranger })).text).toContain(
      'issuer of this token is not known',
    );

    const token = await keycloakToken(own);
    const [head, body = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as { iss: string };
    const moved = { ...claims, iss: claims.iss.replace(own.realm, other.realm) };
    const forged = [head, Buffer.from(JSON.stringify(moved)).toString('base64url'), signature].join('.');
    expect((await query(other.marker, bearer(forged))).status).toBe(401);
    expect((await call('GET', '/auth/me', { token: forged })).status).toBe(401);
  });

  it('acts within a second on what changes about a user, whatever their token says', async () => {
    const user = await addUser(own.tenant, ['admin']);
    await known(user);
    const token = await keycloakToken(own, { email: user.email });
    const path = `/tenants/${own.tenant.id}/users`;
    expect((await call('GET', path, { token })).status).toBe(200);
    await until('own logs are there', async () => (await query(own.marker, bearer(token))).found);
    await operate('PATCH', `${path}/${user.id}`, { roles: ['viewer'] });
    expect((await call('GET', path, { token })).status).toBe(403);
    await operate('PATCH', `${path}/${user.id}`, { isActive: false });
    await until('refused', async () => (await query(own.marker, bearer(token))).status === 401, 1000);
    const { page } = await signIn(own, { email: user.email });
    expect([page.status, page.body]).toEqual([403, expect.stringContaining('belongs to no active user')]);
  });

  it('does not let a removed user come back', async () => {
    const user = await addUser(own.tenant, ['viewer']);
    const subject = await known(user);
    const token = await keycloakToken(own, { email: user.email });
    await until('in', async () => (await query(own.marker, bearer(token))).status === 200);
    await operate('DELETE', `/tenants/${own.tenant.id}/users/${user.id}`);
    expect((await call('GET', '/auth/me', { token })).status).toBe(401);
    await until('out', async () => (await query(own.marker, bearer(token))).status === 401, 1000);
    const account = `/${own.realm}/users/${subject}`;
    await until('gone in Keycloak', async () => (await keycloak.ask('GET', account)) === undefined, 60_000);
    expect((await call('GET', '/auth/me', { token })).status).toBe(401);
  }, 90_000);

  it('takes a new password of ours over into Keycloak', async () => {
    const user = await addUser(own.tenant, ['viewer']);
    const credentials = `/${own.realm}/users/${await known(user)}/credentials`;
    const before = await keycloak.ask('GET', credentials);
    const { token } = await operate<{ token: string }>(
      'POST',
      `/tenants/${own.tenant.id}/users/${user.id}/set-password-token`,
    );
    const password = 'eleven quiet lanterns drift';
    expect((await call('POST', '/auth/set-password', { body: { token, password } })).status).toBe(204);
    // Not by trying it: wrong attempts lock the account.
    const news = async () => !isDeepStrictEqual(await keycloak.ask('GET', credentials), before);
    await until('Keycloak has it', news, 60_000);
    expect((await signIn(own, { email: user.email, password })).page.status).toBe(302);
    expect((await signIn(own, { email: user.email })).page.body).toContain('Invalid username or password');
  }, 90_000);

  it('takes in whom its realm vouches for, with the role that Keycloak gives, and nobody else', async () => {
    const signInAs = async (account: object): Promise<{ page: Page; email: string }> => {
      const email = `${randomBytes(6).toString('hex')}@elsewhere.test`;
      const credentials = [{ type: 'password', value: PASSWORD, temporary: false }];
      await keycloak.ask('POST', `/${own.realm}/users`, {
        username: email,
        email,
        enabled: true,
        credentials,
        ...account,
      });
      return { email, page: (await signIn(own, { email })).page };
    };
    const verified = await signInAs({ emailVerified: true });
    expect(verified.page.status).toBe(302);
    const { items } = await operate<{ items: User[] }>('GET', `/tenants/${own.tenant.id}/users?limit=200`);
    expect(items.find(({ email }) => email === verified.email)).toMatchObject({
      roles: ['viewer'],
      isActive: true,
    });
    expect((await signInAs({ emailVerified: false })).page.status).toBe(403);
  });
});

describe('the browser’s way', () => {
  it('asks for PKCE, state and nonce, and goes back to our own pages only', async () => {
    const reply = await fetch(loginUrl(own.tenant.id), { redirect: 'manual' });
    const { searchParams } = new URL(reply.headers.get('location') ?? '');
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'obstack',
      redirect_uri: cp + CALLBACK,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      state: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as unknown,
    });
    for (const returnTo of ['//evil.test', 'https://evil.test', '/\\evil.test', '\\evil', '/a\tb']) {
      expect((await fetch(loginUrl(own.tenant.id, returnTo), { redirect: 'manual' })).status).toBe(400);
    }
    for (const tenant of ['nobody', '00000000-0000-4000-8000-000000000000']) {
      expect((await fetch(loginUrl(tenant), { redirect: 'manual' })).status).toBe(404);
    }
  });

  it('takes an answer once, and only in the browser that asked', async () => {
    const { browser, page } = await signIn(own, { goOn: beforeCallback });
    const answer = page.headers.get('location') ?? '';
    const elsewhere = await new Browser().open(answer);
    expect([elsewhere.status, elsewhere.body]).toEqual([
      401,
      expect.stringContaining('not begun in this browser'),
    ]);
    // Another sign-in, under way in the same browser: an answer to the first is none to it.
    const victim = new Browser();
    await victim.open(loginUrl(own.tenant.id));
    expect((await victim.open(answer)).body).toContain('not begun in this browser');
    expect(victim.cookie('obstack_session')).toBeUndefined();

    const mixedUp = await signIn(own, { goOn: beforeCallback });
    const fromElsewhere = new URL(mixedUp.page.headers.get('location') ?? '');
    const issuer = fromElsewhere.searchParams.get('iss') ?? '';
    fromElsewhere.searchParams.set('iss', issuer.replace(own.realm, other.realm));
    expect((await mixedUp.browser.open(fromElsewhere.href)).body).toContain('another realm');

    expect((await browser.open(answer, beforeHome)).status).toBe(302);
    expect((await browser.open(answer, beforeHome)).status).toBe(401);
  });

  it('says when the sign-in was broken off', async () => {
    const browser = new Browser();
    const form = await browser.open(loginUrl(own.tenant.id));
    const state = new URL(form.url).searchParams.get('state') ?? '';
    const refused = await browser.open(`${cp}${CALLBACK}?error=access_denied&state=${state}`);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
  });

  it('ends Keycloak’s session when one signs out', async () => {
    const { browser } = await signIn(own);
    // As long as that goes on, Keycloak asks nothing.
    expect((await browser.open(loginUrl(own.tenant.id), beforeHome)).status).toBe(302);
    const cookie = browser.cookiesFor(`${cp}/api/v1/auth`);
    expect((await call('POST', '/auth/logout', { cookie })).status).toBe(204);
    expect((await browser.open(loginUrl(own.tenant.id), beforeHome)).body).toContain('type="password"');
  });
});

interface Client {
  id: string;
  redirectUris: string[];
  attributes: Record<string, string>;
  protocolMappers: { id: string; name: string }[];
}

async function clientOf({ realm }: Customer): Promise<Client> {
  const [client] = (await keycloak.ask<Client[]>('GET', `/${realm}/clients?clientId=obstack`)) ?? [];
  if (!client) throw new Error(`${realm} has no client`);
  return client;
}

describe('what somebody spoils in Keycloak', () => {
  const repair = ({ tenant }: Customer) =>
    operate<{ mended: string[] }>('POST', `/tenants/${tenant.id}/identity/repair`);

  it('is found, named and mended', async () => {
    expect((await repair(own)).mended).toEqual([]);
    const { realm } = own;
    const client = await clientOf(own);
    const mapper = client.protocolMappers.find(({ name }) => name === 'audience');
    await keycloak.ask('DELETE', `/${realm}/roles/editor`);
    await keycloak.ask('PUT', `/${realm}`, { registrationAllowed: true });
    await keycloak.ask('PUT', `/${realm}/clients/${client.id}`, {
      ...client,
      redirectUris: ['https://evil.test/*', ...client.redirectUris],
      attributes: { ...client.attributes, 'pkce.code.challenge.method': '' },
      directAccessGrantsEnabled: true,
    });
    await keycloak.ask(
      'DELETE',
      `/${realm}/clients/${client.id}/protocol-mappers/models/${mapper?.id ?? ''}`,
    );
    await keycloak.ask('POST', `/${realm}/clients/${client.id}/protocol-mappers/models`, {
      name: 'rogue',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-hardcoded-claim-mapper',
      config: { 'claim.name': 'sub', 'claim.value': own.admin.id, 'access.token.claim': 'true' },
    });
    // In the meantime, what was not made for us is refused.
    expect((await call('GET', '/auth/me', { token: await keycloakToken(own) })).text).toContain(
      'somebody else',
    );

    expect((await repair(own)).mended.sort()).toEqual([
      'client obstack: attributes.pkce.code.challenge.method',
      'client obstack: directAccessGrantsEnabled',
      'client obstack: mapper audience',
      'client obstack: mapper rogue',
      'client obstack: redirectUris',
      'realm: registrationAllowed',
      'role editor',
    ]);
    expect((await repair(own)).mended).toEqual([]);
    expect((await call('GET', '/auth/me', { token: await keycloakToken(own) })).status).toBe(200);
  });

  it('is mended even when it is the whole realm, by several at once', async () => {
    await keycloak.ask('DELETE', `/${other.realm}`);
    const mended = (await Promise.all([repair(other), repair(other), repair(other)])).flatMap(
      (r) => r.mended,
    );
    expect(mended).toEqual(expect.arrayContaining(['realm', 'client obstack']));
    // By the repair, or by the worker's next look at who is not known there.
    await known(other.admin);
    expect((await signIn(other)).page.status).toBe(302);
  }, 60_000);
});

describe('tenants that share a realm', () => {
  let first: Customer;
  let second: Customer;
  beforeAll(async () => {
    [first, second] = await Promise.all([customer('saas'), customer('saas')]);
  }, 300_000);

  it('sign in, and read their own data only', async () => {
    for (const [mine, yours] of [
      [first, second],
      [second, first],
    ] as const) {
      const { browser, page } = await signIn(mine);
      expect(page.status).toBe(302);
      const token = await keycloakToken(mine);
      for (const headers of [cookieOf(browser), bearer(token)]) {
        await until('own logs are there', async () => (await query(mine.marker, headers)).found);
        expect(await query(yours.marker, headers)).toEqual({ status: 200, found: false });
      }
    }
  });

  it('do not let each other’s people in', async () => {
    const browser = new Browser();
    const form = await browser.open(loginUrl(first.tenant.name));
    const page = await fillIn(browser, form, second.admin.email, PASSWORD, beforeHome);
    expect(page.status).not.toBe(302);
    expect(browser.cookie('obstack_session')).toBeUndefined();
  });

  it('count for a token only when it names the one its bearer belongs to', async () => {
    const subject = await known(second.admin);
    const organization = async ({ tenant }: Customer) => {
      const found = await keycloak.ask<{ id: string }[]>(
        'GET',
        `/obstack/organizations?search=${tenant.id}&exact=true`,
      );
      return found?.[0]?.id ?? '';
    };
    // Somebody makes them a member of both, and they sign in for the other one.
    const members = `/obstack/organizations/${await organization(first)}/members`;
    await addMember(members, subject);
    const token = await keycloakToken(first, { email: second.admin.email });
    expect((await query(first.marker, bearer(token))).status).toBe(401);
    expect((await call('GET', '/auth/me', { token })).status).toBe(401);
    await keycloak.ask('DELETE', `${members}/${subject}`);
    // And no organization at all says nothing about whose data to show.
    await keycloak.ask('DELETE', `/obstack/organizations/${await organization(second)}/members/${subject}`);
    const nobodys = await keycloakToken(second, { scope: 'openid' });
    expect((await query(second.marker, bearer(nobodys))).status).toBe(401);
  });

  it('leave nothing behind when they go, even on a plan without sign-in through Keycloak', async () => {
    const subject = await known(first.admin);
    const token = await keycloakToken(first);
    await until('in', async () => (await query(first.marker, bearer(token))).found);
    await operate('PATCH', `/tenants/${first.tenant.id}`, { plan: 'community' });
    await until('out', async () => (await query(first.marker, bearer(token))).status === 401, 1000);
    expect((await fetch(loginUrl(first.tenant.id), { redirect: 'manual' })).status).toBe(404);
    const { email } = first.admin;
    expect((await call('POST', '/auth/login', { body: { email, password: PASSWORD } })).status).toBe(200);

    await offboard(first);
    expect(await keycloak.ask('GET', `/obstack/users/${subject}`)).toBeUndefined();
    const organizations = `/obstack/organizations?search=${first.tenant.id}&exact=true`;
    expect(await keycloak.ask<object[]>('GET', organizations)).toEqual([]);
    expect(await keycloak.ask('GET', '/obstack')).toBeDefined();
  }, 120_000);
});

/** The one body of the Admin API that is a bare string. */
async function addMember(path: string, userId: string): Promise<void> {
  const reply = await fetch(`${keycloak.url}/admin/realms${path}`, {
    method: 'POST',
    headers: { ...bearer(await keycloak.token()), 'content-type': 'application/json' },
    body: userId,
  });
  expect(reply.status).toBe(201);
}

async function offboard({ tenant }: Customer): Promise<void> {
  await operate('DELETE', `/tenants/${tenant.id}?confirm=${encodeURIComponent(tenant.name)}`);
  await until(
    'the tenant is gone',
    async () => (await call('GET', `/tenants/${tenant.id}`, { token: operator.token })).status === 404,
    90_000,
  );
}

describe('a worker that is killed', () => {
  let gate: Gate;
  let workers: TestWorker[] = [];
  const startWorker = async (): Promise<TestWorker> => {
    const env = {
      ...stack.env,
      KEYCLOAK_URL: gate.url,
      WORKER_LISTEN: '127.0.0.1:0',
      WORKER_LEASE_SECONDS: '1',
      WORKER_RETRY_SECONDS: '0.2',
    };
    const worker = await startTestWorker(stack.env.DATABASE_URL ?? '', env);
    workers.push(worker);
    return worker;
  };
  const killWorkers = async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    workers = [];
  };
  beforeAll(async () => {
    gate = await openGate(keycloak.url);
    await stack.stopPart('control-plane-worker');
  });
  afterAll(async () => {
    await killWorkers();
    await gate.close();
    await stack.start('control-plane-worker');
  }, 60_000);

  it('leaves nothing that the next one does not complete, wherever it was', async () => {
    const writes = await writesOfOneRun();
    let stops = 0;
    for (const at of writes) {
      const tenant = await operate<Tenant>('POST', '/tenants', {
        name: `killed at ${at}`,
        plan: 'enterprise',
      });
      const admin = await addUser(tenant, ['admin']);
      const reached = gate.stallAt(at, 'after');
      await startWorker();
      // One whole run may have asked more than this one does: the worker looks for drift, too.
      const isThere = reached.then(() => 1);
      stops += await Promise.race([isThere, ready(tenant).then(() => 0)]);
      await killWorkers();
      gate.open();
      await startWorker();
      await known(admin);
      await ready(tenant);
      await killWorkers();
      const { mended } = await operate<{ mended: string[] }>('POST', `/tenants/${tenant.id}/identity/repair`);
      expect([at, mended]).toEqual([at, []]);
      const users = await keycloak.ask<{ id: string }[]>('GET', `/tenant-${tenant.id}/users`);
      expect([at, users?.length]).toEqual([at, 1]);
      const roles = `/tenant-${tenant.id}/users/${users?.[0]?.id ?? ''}/role-mappings/realm`;
      const names = (await keycloak.ask<{ name: string }[]>('GET', roles))?.map(({ name }) => name);
      expect([at, names]).toEqual([at, expect.arrayContaining(['admin'])]);
      await keycloak.ask('DELETE', `/tenant-${tenant.id}`);
    }
    expect(stops).toBeGreaterThan(7);
  }, 600_000);

  const ready = (tenant: Tenant) =>
    until(
      `${tenant.name} is ready`,
      async () =>
        (await operate<Provisioning>('GET', `/tenants/${tenant.id}/provisioning`)).state === 'ready',
      120_000,
    );

  /** The places, among the requests of one whole run, of those that change something. */
  async function writesOfOneRun(): Promise<number[]> {
    const tenant = await operate<Tenant>('POST', '/tenants', { name: 'not killed', plan: 'enterprise' });
    await addUser(tenant, ['admin']);
    gate.reset();
    await startWorker();
    await ready(tenant);
    await killWorkers();
    return gate.requests.flatMap((request, index) =>
      /^(POST|PUT|DELETE) \/admin/.test(request) ? [index] : [],
    );
  }
});

describe('while Keycloak is down', () => {
  let browser: Browser;
  let token: string;
  beforeAll(async () => {
    ({ browser } = await signIn(own));
    token = await keycloakToken(own);
    await until('in', async () => (await query(own.marker, bearer(token))).found);
    await stack.kill('keycloak');
  }, 60_000);
  afterAll(async () => {
    await stack.start('keycloak');
  }, 300_000);

  it('operators sign in with their password', async () => {
    const { email, password } = operator;
    expect((await call('POST', '/auth/login', { body: { email, password } })).status).toBe(200);
  });

  it('those who are signed in go on, over a restart of control-plane too', async () => {
    await stack.kill('control-plane');
    await stack.start('control-plane');
    await until('the proxy is back', async () => (await query(own.marker, bearer(token))).found);
    expect((await query(own.marker, cookieOf(browser))).found).toBe(true);
    for (const as of [cookieOf(browser), { token }])
      expect((await call('GET', '/auth/me', as)).status).toBe(200);
  }, 60_000);

  it('nobody else can sign in, and is told so', async () => {
    const reply = await fetch(loginUrl(own.tenant.id), { redirect: 'manual' });
    expect(reply.status).toBe(503);
    expect(reply.headers.get('retry-after')).toBe('10');
    expect(await reply.text()).toContain('Keycloak does not answer');
  });
});

describe('a tenant that leaves', () => {
  it('has no realm any more, and its tokens open nothing', async () => {
    const token = await keycloakToken(own);
    await until('in', async () => (await query(own.marker, bearer(token))).found);
    await offboard(own);
    expect(await keycloak.ask('GET', `/${own.realm}`)).toBeUndefined();
    expect((await query(own.marker, bearer(token))).status).toBe(401);
    expect((await call('GET', '/auth/me', { token })).status).toBe(401);
    expect((await fetch(loginUrl(own.tenant.id), { redirect: 'manual' })).status).toBe(404);
  }, 120_000);

  it('and no secret was written down on the way', async () => {
    const secrets = [PASSWORD, stack.env.KEYCLOAK_ADMIN_CLIENT_SECRET ?? '', operator.password];
    for (const part of ['control-plane', 'control-plane-worker', 'proxy', 'keycloak']) {
      const log = await readFile(join(dir, 'logs', `${part}.log`), 'utf8');
      expect(log.length).toBeGreaterThan(0);
      for (const secret of secrets) expect(log).not.toContain(secret);
      // A JWT, and the code that one is exchanged for.
      expect(log).not.toMatch(/eyJ[\w-]+\.eyJ[\w-]+\./);
      expect(log).not.toMatch(/[?&]code=[\w-]{20}/);
    }
  });
});

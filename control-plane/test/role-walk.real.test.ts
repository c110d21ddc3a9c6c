/**
 * Every endpoint × everybody × their own tenant and another: whether somebody gets in follows from the endpoint's
 * declaration alone, so nothing here names an endpoint. A new one is walked as soon as it is declared.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as contracts from '@obstack/contracts';
import {
  BUILT_IN_ROLES,
  type BuiltInRole,
  type Endpoint,
  GRAFANA_ROLES,
  type Page,
  Permission,
  PERMISSIONS,
  publicEndpoints,
  type Session,
  type SetPasswordToken,
  type Tenant,
  TENANT_PERMISSIONS,
} from '@obstack/contracts';
import { startFakeGrafanaSigner } from '@obstack/service-kit/testing';
import { INTERNAL_TOKEN, ENCRYPTION_KEY, PASSWORD, startTestControlPlane } from './control-plane.ts';
import type { TestControlPlane } from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';
import { giveGrafanaOrg, grafanaAt } from './grafana-org.ts';
import { sampleOf } from './sample.ts';

/** Bearer token, null for none; with what Grafana says beside it. */
type Pass = string | null | { token: string; grafana: string };

interface Walker {
  name: string;
  /** Null for nobody. */
  token: Pass;
  /** Every one for operators. */
  permissions: ReadonlySet<Permission>;
  isOperator: boolean;
  /** In Obstack, which those who come through Grafana do not have. */
  hasAccount: boolean;
  /** Known to be of a tenant, and not who it is. */
  isNobody?: true;
}

type Outcome = 401 | 403 | 404 | 'let in';
const TENANTS = ['own', 'other'] as const;

/** Of the walkers' tenant. */
const ORG = 2;

let postgres: TestPostgres;
let grafana: Awaited<ReturnType<typeof startFakeGrafanaSigner>>;
let cp: TestControlPlane;
const walkers: Walker[] = [];
/** Of the walkers; on a plan with every feature. */
let own: Tenant;
let other: Tenant;
/** On a plan with none, and its admin. */
let lesser: Tenant;
let lesserAdmin: string;
/** By the name of the path's parameter: what is there in the other tenant, and what is nowhere. */
const theirs: Record<string, string> = {};
const missing: Record<string, string> = {
  keyId: '000000000000',
  userId: crypto.randomUUID(),
  sessionId: crypto.randomUUID(),
  roleName: 'nobody-made-this',
};
/** Everything secret that was about, and everything that was answered. */
const secrets = new Set<string>();
const answers: string[] = [];

const operator = (name: string, token: string): Walker => ({
  name,
  token,
  permissions: new Set(Permission.options),
  isOperator: true,
  hasAccount: true,
});

async function newTenant(name: string, plan: string): Promise<Tenant> {
  return (await cp.request<Tenant>('POST', '/api/v1/tenants', { body: { name, plan } })).body;
}

async function signIn(email: string, password?: string): Promise<string> {
  const token = await cp.signIn(email, password);
  secrets.add(token);
  return token;
}

async function addUser(tenantId: string, name: string, role: string): Promise<string> {
  await cp.createUser(tenantId, `${name}-${tenantId}@example.com`, [role]);
  return signIn(`${name}-${tenantId}@example.com`);
}

/** A user with this role alone, which is made first when it has permissions to say. */
async function addWalker(role: string, permissions: readonly Permission[], isCustom: boolean): Promise<void> {
  if (isCustom) {
    await cp.request('POST', `/api/v1/tenants/${own.id}/roles`, { body: { name: role, permissions } });
  }
  const token = await addUser(own.id, role, role);
  walkers.push({ name: role, token, permissions: new Set(permissions), isOperator: false, hasAccount: true });
}

/** Those who come through the org's query token, and the token by itself. */
async function addGrafana(): Promise<void> {
  const secret = await giveGrafanaOrg(cp, own.id, ORG);
  secrets.add(secret);
  const add = (name: string, grafana: string, rest: Pick<Walker, 'permissions' | 'isNobody'>): void => {
    secrets.add(grafana);
    walkers.push({ name, token: { token: secret, grafana }, isOperator: false, hasAccount: false, ...rest });
  };
  for (const [role, builtIn] of Object.entries(GRAFANA_ROLES) as [
    'Viewer' | 'Editor' | 'Admin',
    BuiltInRole,
  ][]) {
    const permissions = new Set(BUILT_IN_ROLES[builtIn]);
    // Whoever runs the whole Grafana is an admin of the org, and no more.
    const claims = { isGrafanaAdmin: true };
    add(`${role} of Grafana`, grafana.token({ orgId: ORG, role }, { claims }), { permissions });
  }
  const permissions = new Set<Permission>();
  add('nobody much of Grafana', grafana.token({ orgId: ORG, role: 'None' }), { permissions });
  add('admin of another org', grafana.token({ orgId: 3, role: 'Admin' }), { permissions, isNobody: true });
  walkers.push({
    name: 'query token alone',
    token: secret,
    permissions,
    isOperator: false,
    hasAccount: false,
    isNobody: true,
  });
}

beforeAll(async () => {
  postgres = await startTestPostgres();
  grafana = await startFakeGrafanaSigner();
  cp = await startTestControlPlane(await postgres.migratedDatabase(), undefined, grafanaAt(grafana.url));
  own = await newTenant('Walkers', 'enterprise');
  other = await newTenant('Others', 'enterprise');
  lesser = await newTenant('Lesser', 'community');

  walkers.push({ name: 'nobody', token: null, permissions: new Set(), isOperator: false, hasAccount: false });
  for (const [role, permissions] of Object.entries(BUILT_IN_ROLES)) await addWalker(role, permissions, false);
  await addWalker('with-nothing', [], true);
  for (const permission of TENANT_PERMISSIONS) {
    await addWalker(`only-${permission.replace(':', '-')}`, [permission], true);
  }
  await addGrafana();
  walkers.push(operator('operator by token', cp.operator.token));
  walkers.push(operator('operator by session', await signIn(cp.operator.email, cp.operator.password)));
  lesserAdmin = await addUser(lesser.id, 'admin', 'admin');

  const user = await cp.createUser(other.id, 'theirs@example.com', ['admin']);
  const theirToken = await signIn(user.email);
  const sessions = await cp.request<Page<Session>>('GET', '/api/v1/auth/sessions', { token: theirToken });
  await cp.request('POST', `/api/v1/tenants/${other.id}/roles`, {
    body: { name: 'theirs-alone', permissions: [] },
  });
  const key = await cp.createKey(other.id);
  Object.assign(theirs, {
    keyId: key.key.id,
    userId: user.id,
    sessionId: sessions.body.items[0]?.id,
    roleName: 'theirs-alone',
  });
  const invited = await cp.request<SetPasswordToken>(
    'POST',
    `/api/v1/tenants/${other.id}/users/${user.id}/set-password-token`,
  );
  for (const secret of [
    PASSWORD,
    cp.operator.password,
    cp.operator.token,
    INTERNAL_TOKEN,
    ENCRYPTION_KEY,
    key.secret,
    invited.body.token,
  ]) {
    secrets.add(secret);
  }
}, 120_000);

afterAll(async () => {
  await cp.close();
  await grafana.close();
  await postgres.stop();
});

interface Sent {
  status: number;
  /** As it came, but for the request id. */
  text: string;
}

async function send(
  endpoint: Endpoint,
  pass: Pass,
  params: Record<string, string>,
  body: unknown,
  query = '',
): Promise<Sent> {
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const { token, grafana: statement } =
    typeof pass === 'object' && pass ? pass : { token: pass, grafana: null };
  const response = await fetch(cp.url + path + query, {
    method: endpoint.method,
    redirect: 'manual',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(statement === null ? {} : { 'x-grafana-id': statement }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = (await response.text()).replace(/"requestId":"[^"]*"/, '"requestId":""');
  if (response.status >= 400) answers.push(text);
  return { status: response.status, text };
}

/** Asks for what is not valid wherever that is possible: the walk is about the door, not about what is behind it. */
function knock(endpoint: Endpoint, token: Pass, tenantId: string): Promise<Sent> {
  const names = Object.keys(endpoint.params?.shape ?? {});
  const params = Object.fromEntries(names.map((name) => [name, name === 'tenantId' ? tenantId : '~']));
  const query = endpoint.query ? '?walk=1' : '';
  return send(endpoint, token, params, endpoint.request ? { walk: true } : undefined, query);
}

/** A few at a time, as the answers take longer than the questions. */
async function eachWalker(visit: (who: Walker) => Promise<void>): Promise<void> {
  const waiting = walkers.values();
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (const who of waiting) await visit(who);
    }),
  );
}

const isWithinTenant = (endpoint: Endpoint) => endpoint.path.includes('{tenantId}');

function expected(endpoint: Endpoint, who: Walker, whose: 'own' | 'other'): Outcome {
  if (endpoint.caller !== 'actor') return 'let in';
  if (who.token === null) return 401;
  if (who.isNobody) return 403;
  if (who.isOperator) return 'let in';
  if (isWithinTenant(endpoint) && whose === 'other') return 404;
  if (endpoint.permission === 'signed-in') return 'let in';
  if (endpoint.permission === 'account') return who.hasAccount ? 'let in' : 403;
  return isWithinTenant(endpoint) && who.permissions.has(endpoint.permission) ? 'let in' : 403;
}

/** What the door says. Behind it something else may be missing. */
function outcome({ status, text }: Sent): string | number {
  const isDoor = status === 401 || status === 403 || /such tenant|Nothing is served/.test(text);
  if (isDoor && (status === 401 || status === 403 || status === 404)) return status;
  return status < 500 && status !== 405 ? 'let in' : `${status} ${text}`;
}

const forActors = publicEndpoints.filter(({ caller }) => caller === 'actor');
const forAnyone = publicEndpoints.filter(({ caller }) => caller === 'anyone');
const named = (endpoints: readonly Endpoint[]) =>
  endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const);

describe('the declared endpoints', () => {
  it('are all that contracts declare', () => {
    const isEndpoint = (value: unknown): value is Endpoint =>
      typeof value === 'object' && value !== null && 'caller' in value && 'path' in value;
    const declared = Object.values(contracts).flatMap((value: unknown) => {
      if (isEndpoint(value)) return [value];
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.values(value).filter(isEndpoint)
        : [];
    });
    expect(new Set(declared.map(({ id }) => id))).toEqual(new Set(publicEndpoints.map(({ id }) => id)));
  });

  it.each(named(publicEndpoints))('%s says who may call', (_, endpoint) => {
    expect(['anyone', 'actor']).toContain(endpoint.caller);
    if (endpoint.caller !== 'actor') return;
    expect([...Object.keys(PERMISSIONS), 'signed-in', 'account']).toContain(endpoint.permission);
    // Where no tenant is named, only what is one's own can be open to everybody who is signed in.
    if (['signed-in', 'account'].includes(endpoint.permission)) expect(isWithinTenant(endpoint)).toBe(false);
  });
});

describe('in walks', () => {
  it.each(named(forActors))('%s: who it is for, and nobody else', async (_, endpoint) => {
    const wrong: unknown[] = [];
    const nowhere = crypto.randomUUID();
    await eachWalker(async (who) => {
      for (const whose of isWithinTenant(endpoint) ? TENANTS : (['own'] as const)) {
        const sent = await knock(endpoint, who.token, whose === 'own' ? own.id : other.id);
        const got = outcome(sent);
        const wanted = expected(endpoint, who, whose);
        if (got !== wanted) wrong.push({ who: who.name, whose, wanted, got });
        // Byte for byte, another tenant is like one that is not there.
        if (wanted === 404) expect(sent).toEqual(await knock(endpoint, who.token, nowhere));
      }
    });
    expect(wrong).toEqual([]);
  });

  const within = forActors.filter(
    ({ params }) => Object.keys(params?.shape ?? {}).filter((name) => name !== 'tenantId').length > 0,
  );

  it.each(named(within))('%s: what another tenant has is like what is not there', async (_, endpoint) => {
    const body = endpoint.request ? sampleOf(endpoint.request) : undefined;
    const names = Object.keys(endpoint.params?.shape ?? {}).filter((name) => name !== 'tenantId');
    const ids = (of: Record<string, string>) => ({
      ...Object.fromEntries(names.map((name) => [name, of[name] ?? ''])),
      tenantId: own.id,
    });
    await eachWalker(async (who) => {
      if (expected(endpoint, who, 'own') !== 'let in') return;
      // Operators may ask for it too, though under its own tenant.
      const sent = await send(endpoint, who.token, ids(theirs), body);
      expect(sent).toEqual(await send(endpoint, who.token, ids(missing), body));
      expect(sent.status).toBe(404);
    });
  });

  it.each(named(forActors.filter((endpoint) => endpoint.caller === 'actor' && endpoint.feature)))(
    '%s: needs the plan',
    async (_, endpoint) => {
      const params = Object.fromEntries(
        Object.keys(endpoint.params?.shape ?? {}).map((name) => [name, missing[name] ?? '']),
      );
      const body = endpoint.request ? sampleOf(endpoint.request) : undefined;
      const mayTry =
        endpoint.caller === 'actor' && TENANT_PERMISSIONS.some((name) => name === endpoint.permission);
      for (const token of [...(mayTry ? [lesserAdmin] : []), cp.operator.token]) {
        const sent = await send(endpoint, token, { ...params, tenantId: lesser.id }, body);
        expect(JSON.parse(sent.text)).toMatchObject({
          status: 403,
          type: 'urn:obstack:problem:plan-required',
          detail: expect.stringMatching(/which the plan (saas|enterprise) has/) as unknown,
        });
      }
    },
  );

  // Last, as signing out is one of them.
  it.each(named(forAnyone))('%s: everybody alike', async (_, endpoint) => {
    const sent = [];
    for (const who of walkers) sent.push(await knock(endpoint, who.token, own.id));
    expect(new Set(sent.map(({ status }) => status)).size).toBe(1);
    expect(sent[0]?.status).toBeLessThan(500);
    expect(sent[0]?.status).not.toBe(405);
    expect(sent[0]?.text).not.toMatch(/Nothing is served/);
  });
});

describe('secrets', () => {
  /** Where people paste them by mistake. */
  it('are sent to where they do not belong', async () => {
    const some = [...secrets];
    for (const [at, endpoint] of publicEndpoints.entries()) {
      const secret = some[at % some.length] ?? '';
      const params = Object.fromEntries(
        Object.keys(endpoint.params?.shape ?? {}).map((name) => [name, secret]),
      );
      const body = endpoint.request ? { name: [secret], email: secret, token: secret } : undefined;
      await send(endpoint, at % 2 ? cp.operator.token : secret, params, body);
    }
    const token = await signIn(cp.operator.email, cp.operator.password);
    for (const secret of some) {
      await cp.request('GET', `/api/v1/tenants?cursor=${encodeURIComponent(secret)}`, { token });
      await cp.request('POST', '/api/v1/tenants', {
        token,
        headers: { 'idempotency-key': secret.replace(/ /g, '-'), cookie: `obstack_session=${secret}` },
        body: { name: 1, plan: secret },
      });
      const answer = await cp.request('POST', '/api/v1/auth/login', {
        token: null,
        body: { email: 'theirs@example.com', password: secret },
      });
      answers.push(answer.status === 200 ? '' : JSON.stringify(answer.body));
    }
  });

  it('are nowhere: not in a log, an answer that refuses, an audit row, or as they are in the database', async () => {
    const hashes = await runSql<{ hash: string }>(
      cp.databaseUrl,
      `SELECT hashed_password AS hash FROM users WHERE hashed_password IS NOT NULL
       UNION SELECT password_hash FROM operators UNION SELECT token_sha256 FROM operators
       UNION SELECT refresh_sha256 FROM sessions UNION SELECT sha256 FROM set_password_tokens
       UNION SELECT sha256 FROM credentials UNION SELECT sealed_private_jwk FROM signing_keys`,
    );
    expect(hashes.length).toBeGreaterThan(30);
    const audit = await runSql(cp.databaseUrl, 'SELECT * FROM audit_events');
    expect(audit.length).toBeGreaterThan(500);
    expect(cp.logs.length).toBeGreaterThan(1500);
    const told = [...cp.logs, ...answers, JSON.stringify(audit)].join('\n');
    for (const secret of [...secrets, ...hashes.map(({ hash }) => hash)]) {
      expect(
        told.includes(secret) ? told.slice(Math.max(0, told.indexOf(secret) - 300)).slice(0, 400) : '',
      ).toBe('');
    }

    const tables = await runSql<{ name: string }>(
      cp.databaseUrl,
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    for (const { name } of tables) {
      const rows = JSON.stringify(await runSql(cp.databaseUrl, `SELECT * FROM ${name}`));
      for (const secret of secrets) expect(rows.includes(secret) ? name : '').toBe('');
    }
  });
});

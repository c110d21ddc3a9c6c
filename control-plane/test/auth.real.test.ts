/** Signing in, staying signed in and signing out, over HTTP and the real database. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AuthToken,
  type Me,
  type Page,
  type Session,
  type SetPasswordToken,
  type Tenant,
  type User,
} from '@obstack/contracts';
import { resolveIssuer, resolvePrincipal } from '@obstack/contracts/internal';
import { Problem } from '@obstack/contracts/problem';
import { createTokenVerifier } from '@obstack/service-kit/jwt';
import {
  type Answer,
  INTERNAL_TOKEN,
  PASSWORD,
  PUBLIC_URL,
  startTestControlPlane,
  type TestControlPlane,
} from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';

let postgres: TestPostgres;
let cp: TestControlPlane;
/** Another copy of the service, on the same database. */
let copy: TestControlPlane;
let tenant: Tenant;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const database = await postgres.migratedDatabase();
  cp = await startTestControlPlane(database, undefined, { REGISTRATION: 'open' });
  copy = await startTestControlPlane(database, cp.operator);
  tenant = await cp.createTenant('Zebrafinch Labs');
});
// What one test gets wrong is not to keep the next one waiting.
afterEach(() => runSql(cp.databaseUrl, 'DELETE FROM login_attempts'));
afterAll(async () => {
  await cp.close();
  await copy.close();
  await postgres.stop();
});

const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };
const CROSS_SITE = [
  {},
  { 'sec-fetch-site': 'same-site' },
  { origin: 'http://evil.test' },
  { origin: 'null' },
];

let made = 0;
const newUser = async (roles = ['viewer']) => cp.createUser(tenant.id, `person-${++made}@example.com`, roles);

const login = (email: string, password: string, at: TestControlPlane = cp) =>
  at.request<AuthToken>('POST', '/api/v1/auth/login', { token: null, body: { email, password } });

/** As `Cookie` sends them: without their attributes. */
const cookiesOf = ({ headers }: Answer<unknown>) =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');

const withCookies = (cookie: string, method: string, path: string, headers: Record<string, string> = {}) =>
  cp.request<AuthToken>(method, path, { token: null, headers: { cookie, ...headers } });

const me = (token: string) => cp.request<Me>('GET', '/api/v1/auth/me', { token });

function problem(answer: Answer<unknown>, status: number): Problem {
  const body = Problem.parse(answer.body);
  expect([answer.status, body.status]).toEqual([status, status]);
  return body;
}

describe('signing in', () => {
  it('gives a token that opens the API, and two cookies', async () => {
    const user = await newUser();
    const answer = await login(user.email.toUpperCase(), PASSWORD);
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'bearer', expires_in: 900 } });
    expect(await me(answer.body.access_token)).toMatchObject({
      status: 200,
      body: { type: 'user', id: user.id, email: user.email, tenant: { id: tenant.id }, roles: ['viewer'] },
    });
    const [session, refresh] = answer.headers.getSetCookie();
    expect(session).toBe(
      `obstack_session=${answer.body.access_token}; Path=/; Max-Age=900; Secure; HttpOnly; SameSite=Lax`,
    );
    expect(refresh).toMatch(
      /^obstack_refresh=\w{43}; Path=\/api\/v1\/auth; Max-Age=86\d{3}; Secure; HttpOnly; SameSite=Lax$/,
    );
  });

  it('is possible for operators, who belong to no tenant', async () => {
    const token = await cp.signIn(cp.operator.email, cp.operator.password);
    expect((await me(token)).body).toMatchObject({ type: 'operator', tenant: null, roles: [] });
    expect((await cp.request('GET', `/api/v1/tenants/${tenant.id}`, { token })).status).toBe(200);
  });

  it('fails alike for a wrong password, no such user, no password and a deactivated user', async () => {
    const [right, inactive] = [await newUser(), await newUser()];
    await cp.request('PATCH', `/api/v1/tenants/${tenant.id}/users/${inactive.id}`, {
      body: { isActive: false },
    });
    const invited = await cp.request<{ user: User }>('POST', `/api/v1/tenants/${tenant.id}/users`, {
      body: { email: 'invited@example.com' },
    });
    const attempts = [
      [right.email, `${PASSWORD}!`],
      ['nobody@example.com', PASSWORD],
      [invited.body.user.email, PASSWORD],
      [inactive.email, PASSWORD],
    ] as const;
    const answers = [];
    for (const [email, password] of attempts) answers.push(await login(email, password));
    const bodies = answers.map((answer) => ({ ...problem(answer, 401), requestId: '' }));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(answers.flatMap(({ headers }) => headers.getSetCookie())).toEqual([]);
  });

  it('is on record, right or wrong, and holds nothing that was typed', async () => {
    const user = await newUser();
    const typed = 'my-password-where-the-address-belongs@example.com';
    await login(user.email, PASSWORD);
    await login(user.email, 'wrong');
    await login(typed, 'wrong');
    const rows = await runSql<Record<string, unknown>>(
      cp.databaseUrl,
      `SELECT outcome, actor_type, actor_id, target_type, target_id, tenant_id FROM audit_events
       WHERE action = 'login' ORDER BY created_at DESC, id LIMIT 3`,
    );
    const about = { target_type: 'user', target_id: user.id, tenant_id: tenant.id };
    expect(rows).toEqual(
      expect.arrayContaining([
        { ...about, outcome: 'success', actor_type: 'user', actor_id: user.id },
        { ...about, outcome: 'denied', actor_type: 'anonymous', actor_id: '' },
        expect.objectContaining({ outcome: 'denied', tenant_id: null, target_id: null }),
      ]),
    );
    const all = await runSql(cp.databaseUrl, "SELECT * FROM audit_events WHERE action = 'login'");
    expect(JSON.stringify(all)).not.toContain(typed);
  });

  it('costs as much when there is no such user', async () => {
    const user = await newUser();
    // The service runs in this process. Its work says what a busy machine's clock does not.
    const cheapest = async (email: string) => {
      const costs = [];
      for (let i = 0; i < 4; i++) {
        const before = process.cpuUsage();
        await login(email, 'wrong');
        const { user: own, system } = process.cpuUsage(before);
        costs.push(own + system);
      }
      return Math.min(...costs);
    };
    const known = await cheapest(user.email);
    const unknown = await cheapest('nobody-at-all@example.com');
    // Without a password to check it would be a fifth of it.
    expect(unknown).toBeGreaterThan(known * 0.6);
  });

  it('is refused, with the reason, while the tenant is suspended; what is open ends at once', async () => {
    const other = await cp.createTenant('Suspended people');
    const user = await cp.createUser(other.id, 'suspended@example.com', ['admin']);
    const token = await cp.signIn(user.email);
    const cookies = cookiesOf(await login(user.email, PASSWORD));
    await cp.request('POST', `/api/v1/tenants/${other.id}/suspend`, { body: { reason: 'a test' } });
    for (const answer of [
      await login(user.email, PASSWORD),
      await me(token),
      await withCookies(cookies, 'POST', '/api/v1/auth/refresh', SAME_ORIGIN),
    ]) {
      expect(problem(answer, 403).detail).toMatch(/suspended/);
    }
    // The password was right: nobody is taken for guessing.
    for (let i = 0; i < 6; i++) problem(await login(user.email, PASSWORD), 403);
    problem(await login(user.email, 'wrong'), 401);
    await cp.request('POST', `/api/v1/tenants/${other.id}/resume`);
    expect((await me(token)).status).toBe(200);
  });
});

describe('guessing', () => {
  const guess = async (email: string, at = cp) => login(email, 'wrong', at);
  /** As if every pause were over; `failures` as if so many had been counted. */
  const rest = (failures: number | null = null) =>
    runSql(
      cp.databaseUrl,
      'UPDATE login_attempts SET blocked_until = now(), failures = COALESCE($1, failures)',
      [failures],
    );

  it('is slowed down per account, twice as much each time, by all copies together', async () => {
    const user = await newUser();
    const pauses = [];
    for (let i = 0; i < 15; i++) {
      problem(await guess(user.email, i % 2 ? cp : copy), 401);
      const [row] = await runSql<{ pause: number }>(
        cp.databaseUrl,
        "SELECT round(extract(epoch FROM blocked_until - last_at))::int AS pause FROM login_attempts WHERE subject LIKE 'account:%'",
      );
      pauses.push(row?.pause);
      if (i < 14) await rest();
    }
    expect(pauses).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    for (const at of [cp, copy]) {
      const answer = await login(user.email, PASSWORD, at);
      problem(answer, 429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(250);
    }
    await rest();
    expect((await login(user.email, PASSWORD)).status).toBe(200);
    for (let i = 0; i < 4; i++) problem(await guess(user.email), 401);
    expect((await login(user.email, PASSWORD)).status).toBe(200);
  });

  it('is slowed down alike where there is no account', async () => {
    problem(await guess('no-account@example.com'), 401);
    await rest(20);
    problem(await guess('no-account@example.com'), 401);
    problem(await guess('no-account@example.com'), 429);
  });

  it('all at once gets no further than one after the other', async () => {
    const user = await newUser();
    await guess(user.email);
    await rest(20);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => guess(user.email, i % 2 ? cp : copy)),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(19);
  });

  it('is slowed down per address, over many accounts', async () => {
    await guess('first-of-many@example.com');
    await rest(60);
    problem(await guess('one-of-many@example.com'), 401);
    problem(await guess('another-of-many@example.com'), 429);
  });

  it('is no charge against those who are right, however many share an address', async () => {
    const user = await newUser();
    await guess(user.email);
    await rest(49);
    for (let i = 0; i < 3; i++) expect((await login(user.email, PASSWORD)).status).toBe(200);
  });

  it('keeps no address that was typed', async () => {
    await guess('my-password-typed-here@example.com');
    const rows = await runSql(cp.databaseUrl, 'SELECT * FROM login_attempts');
    expect(JSON.stringify(rows)).not.toContain('typed-here');
  });
});

describe('a session', () => {
  it('goes on by its refresh cookie, which works once', async () => {
    const user = await newUser();
    const first = await login(user.email, PASSWORD);
    const second = await withCookies(cookiesOf(first), 'POST', '/api/v1/auth/refresh', SAME_ORIGIN);
    expect(second.status).toBe(200);
    expect((await me(second.body.access_token)).status).toBe(200);
    const third = await withCookies(cookiesOf(second), 'POST', '/api/v1/auth/refresh', {
      origin: PUBLIC_URL,
    });
    expect(third.status).toBe(200);

    // The first one again: somebody has a copy. Nobody goes on with this session.
    const reused = await withCookies(cookiesOf(first), 'POST', '/api/v1/auth/refresh', SAME_ORIGIN);
    problem(reused, 401);
    expect(reused.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^obstack_session=; .*Max-Age=0/),
      expect.stringMatching(/^obstack_refresh=; .*Max-Age=0/),
    ]);
    problem(await withCookies(cookiesOf(third), 'POST', '/api/v1/auth/refresh', SAME_ORIGIN), 401);
    problem(await me(third.body.access_token), 401);
    const [row] = await runSql<{ outcome: string }>(
      cp.databaseUrl,
      "SELECT outcome FROM audit_events WHERE action = 'refresh' AND tenant_id = $1",
      [tenant.id],
    );
    expect(row?.outcome).toBe('denied');
  });

  it('goes on once when asked twice at the same time, and ends', async () => {
    const user = await newUser();
    const cookies = cookiesOf(await login(user.email, PASSWORD));
    const answers = await Promise.all(
      [1, 2, 3].map(() => withCookies(cookies, 'POST', '/api/v1/auth/refresh', SAME_ORIGIN)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    const winner = answers.find(({ status }) => status === 200);
    problem(await me(winner?.body.access_token ?? ''), 401);
  });

  it('is new at each login, and its old tokens are good for nothing else', async () => {
    const user = await newUser();
    const [a, b] = [await login(user.email, PASSWORD), await login(user.email, PASSWORD)];
    expect(cookiesOf(a)).not.toBe(cookiesOf(b));
    const refreshToken = /obstack_refresh=(\w+)/.exec(cookiesOf(a))?.[1] ?? '';
    problem(await me(refreshToken), 401);
    const rows = await runSql(cp.databaseUrl, 'SELECT * FROM sessions');
    expect(JSON.stringify(rows)).not.toContain(refreshToken);
  });

  it.each([
    ['unused for an hour', "idle_until = now() - interval '1 second'"],
    ['a day old', "expires_at = now() - interval '1 second'"],
  ])('ends when it is %s', async (_, change) => {
    const user = await newUser();
    const answer = await login(user.email, PASSWORD);
    await runSql(cp.databaseUrl, `UPDATE sessions SET ${change} WHERE user_id = $1`, [user.id]);
    problem(await me(answer.body.access_token), 401);
    problem(await withCookies(cookiesOf(answer), 'POST', '/api/v1/auth/refresh', SAME_ORIGIN), 401);
  });

  it('lives for an hour unused and a day in all; use puts off the first of these', async () => {
    const user = await newUser();
    const token = await cp.signIn(user.email);
    await runSql(
      cp.databaseUrl,
      "UPDATE sessions SET last_used_at = now() - interval '50 min', idle_until = now() + interval '10 min' WHERE user_id = $1",
      [user.id],
    );
    await me(token);
    const [row] = await runSql<Record<string, number>>(
      cp.databaseUrl,
      `SELECT extract(epoch FROM idle_until - now())::int AS idle, extract(epoch FROM expires_at - created_at)::int AS max
       FROM sessions WHERE user_id = $1`,
      [user.id],
    );
    expect(row?.['idle']).toBeGreaterThan(3590);
    expect(row?.['max']).toBe(86_400);
  });

  it('is ended by logging out, with cookies or with the token, more than once without harm', async () => {
    const user = await newUser();
    for (const how of ['cookies', 'token', 'refresh'] as const) {
      const answer = await login(user.email, PASSWORD);
      const token = answer.body.access_token;
      const refreshOnly = cookiesOf(answer).split('; ')[1] ?? '';
      for (let i = 0; i < 2; i++) {
        const out =
          how === 'token'
            ? await cp.request('POST', '/api/v1/auth/logout', { token })
            : await withCookies(
                how === 'cookies' ? cookiesOf(answer) : refreshOnly,
                'POST',
                '/api/v1/auth/logout',
                SAME_ORIGIN,
              );
        expect(out.status).toBe(204);
        expect(out.headers.getSetCookie()).toHaveLength(2);
      }
      problem(await me(token), 401);
    }
    expect((await cp.request('POST', '/api/v1/auth/logout', { token: null })).status).toBe(204);
  });

  it('is listed to its owner, who ends it at once and nobody else’s', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const [here, there] = [await cp.signIn(user.email), await cp.signIn(user.email)];
    const theirs = await cp.signIn(other.email);
    const { body } = await cp.request<Page<Session>>('GET', '/api/v1/auth/sessions', { token: here });
    expect(body.items.map(({ current }) => current)).toEqual([true, false]);
    const sessionId = body.items[1]?.id ?? '';
    const path = `/api/v1/auth/sessions/${sessionId}`;
    problem(await cp.request('DELETE', path, { token: theirs }), 404);
    expect((await me(there)).status).toBe(200);
    expect((await cp.request('DELETE', path, { token: here })).status).toBe(204);
    problem(await me(there), 401);
    problem(await cp.request('DELETE', path, { token: here }), 404);
    expect((await me(here)).status).toBe(200);
  });

  it('is seen and ended by the tenant’s admin', async () => {
    const user = await newUser();
    const admin = await cp.signIn((await newUser(['admin'])).email);
    const [one, two, three] = [
      await cp.signIn(user.email),
      await cp.signIn(user.email),
      await cp.signIn(user.email),
    ];
    const path = `/api/v1/tenants/${tenant.id}/users/${user.id}/sessions`;
    const { body } = await cp.request<Page<Session>>('GET', path, { token: admin });
    expect(body.items).toHaveLength(3);
    expect(body.items.some(({ current }) => current)).toBe(false);
    expect((await cp.request('DELETE', `${path}/${body.items[0]?.id}`, { token: admin })).status).toBe(204);
    problem(await me(one), 401);
    expect((await me(two)).status).toBe(200);
    expect((await cp.request('DELETE', path, { token: admin })).status).toBe(204);
    problem(await me(two), 401);
    problem(await me(three), 401);
  });
});

describe('the address of a caller', () => {
  it('is what a reverse proxy says, if it is one of ours', async () => {
    const behind = await startTestControlPlane(cp.databaseUrl, cp.operator, { TRUSTED_PROXIES: '127.0.0.1' });
    try {
      const user = await newUser();
      for (const [at, ip] of [
        [behind, '203.0.113.9'],
        [cp, '127.0.0.1'],
      ] as const) {
        const answer = await at.request<AuthToken>('POST', '/api/v1/auth/login', {
          token: null,
          headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' },
          body: { email: user.email, password: PASSWORD },
        });
        const token = answer.body.access_token;
        const { body } = await at.request<Page<Session>>('GET', '/api/v1/auth/sessions', { token });
        expect(body.items.find(({ current }) => current)?.ip).toBe(ip);
      }
    } finally {
      await behind.close();
    }
  });
});

describe('a call by cookie', () => {
  it('reads', async () => {
    const user = await newUser();
    const cookies = cookiesOf(await login(user.email, PASSWORD));
    expect((await withCookies(cookies, 'GET', '/api/v1/auth/me')).status).toBe(200);
  });

  it('changes things from our own pages only', async () => {
    const user = await newUser();
    const answer = await login(user.email, PASSWORD);
    const cookies = cookiesOf(answer);
    const { body } = await cp.request<Page<Session>>('GET', '/api/v1/auth/sessions', {
      token: answer.body.access_token,
    });
    const end = `/api/v1/auth/sessions/${body.items[0]?.id}`;
    for (const headers of CROSS_SITE) {
      for (const [method, path] of [
        ['DELETE', end],
        ['POST', '/api/v1/auth/logout'],
        ['POST', '/api/v1/auth/refresh'],
      ] as const) {
        problem(await withCookies(cookies, method, path, headers), 403);
      }
    }
    expect((await withCookies(cookies, 'DELETE', end, { origin: PUBLIC_URL })).status).toBe(204);
  });

  it('does not count beside a header that says otherwise', async () => {
    const user = await newUser();
    const cookie = cookiesOf(await login(user.email, PASSWORD));
    for (const authorization of ['Bearer nonsense', 'Basic eDp5']) {
      const answer = await cp.request('GET', '/api/v1/auth/me', {
        token: null,
        headers: { cookie, authorization },
      });
      problem(answer, 401);
    }
  });
});

describe('a password', () => {
  const create = (body: object) => cp.request('POST', `/api/v1/tenants/${tenant.id}/users`, { body });

  it.each([
    ['short', 'x7!kQz9#m'],
    ['common', 'password1234'],
    ['a row of keys', 'qwertyuiop12'],
    ['repeated', 'abcabcabcabcabc'],
    ['the address', 'carolina.smith@example.com'],
    ['the tenant', 'zebrafinch-labs'],
  ])('that is %s is not taken', async (_, password) => {
    const { errors } = problem(await create({ email: 'carolina.smith@example.com', password }), 400);
    expect(errors?.map(({ location }) => location)).toEqual(['body.password']);
  });

  it('may be as long as 256 characters, of any kind', async () => {
    const password = 'Nächtens 🦉 träumen Eulen von 64 Käsekuchen. '.repeat(6).slice(0, 256);
    expect((await create({ email: 'long@example.com', password })).status).toBe(201);
    expect((await login('long@example.com', password.normalize('NFD'))).status).toBe(200);
    problem(await login('long@example.com', `${password.slice(0, -1)}!`), 401);
  });

  it('is changed by who knows the present one; other sessions end', async () => {
    const user = await newUser();
    const [here, there] = [await cp.signIn(user.email), await cp.signIn(user.email)];
    const newPassword = 'eleven green bottles hum';
    const change = (body: object) => cp.request('POST', '/api/v1/auth/password', { token: here, body });
    const { errors } = problem(await change({ currentPassword: 'wrong', newPassword }), 400);
    expect(errors?.[0]?.location).toBe('body.currentPassword');
    expect(
      problem(await change({ currentPassword: PASSWORD, newPassword: 'password1234' }), 400),
    ).toMatchObject({ errors: [{ location: 'body.newPassword' }] });
    expect((await change({ currentPassword: PASSWORD, newPassword })).status).toBe(204);
    expect((await me(here)).status).toBe(200);
    problem(await me(there), 401);
    problem(await login(user.email, PASSWORD), 401);
    expect((await login(user.email, newPassword)).status).toBe(200);
    const rows = await runSql<{ outcome: string }>(
      cp.databaseUrl,
      "SELECT outcome FROM audit_events WHERE action = 'changePassword' AND actor_id = $1 ORDER BY created_at",
      [user.id],
    );
    expect(rows.map(({ outcome }) => outcome)).toEqual(['failure', 'success']);
  });

  it('is not to be guessed through its change', async () => {
    const user = await newUser();
    const token = await cp.signIn(user.email);
    const body = { currentPassword: 'wrong', newPassword: PASSWORD };
    problem(await cp.request('POST', '/api/v1/auth/password', { token, body }), 400);
    await runSql(
      cp.databaseUrl,
      "UPDATE login_attempts SET failures = 20, blocked_until = now() WHERE subject LIKE 'account:%'",
    );
    problem(await cp.request('POST', '/api/v1/auth/password', { token, body }), 400);
    problem(await cp.request('POST', '/api/v1/auth/password', { token, body }), 429);
    problem(await login(user.email, PASSWORD), 429);
  });

  it('of an operator is changed in the same way', async () => {
    const token = await cp.signIn(cp.operator.email, cp.operator.password);
    const change = (currentPassword: string, newPassword: string) =>
      cp.request('POST', '/api/v1/auth/password', { token, body: { currentPassword, newPassword } });
    expect((await change(cp.operator.password, PASSWORD)).status).toBe(204);
    expect((await login(cp.operator.email, PASSWORD)).status).toBe(200);
    expect((await change(PASSWORD, cp.operator.password)).status).toBe(204);
  });
});

describe('a one-time token', () => {
  const setPassword = (token: string, password = PASSWORD) =>
    cp.request('POST', '/api/v1/auth/set-password', { token: null, body: { token, password } });

  it('sets the first password, once', async () => {
    const { body } = await cp.request<{ user: User; setPassword: SetPasswordToken }>(
      'POST',
      `/api/v1/tenants/${tenant.id}/users`,
      { body: { email: 'first@example.com', roles: ['admin'] } },
    );
    expect(body.user).toMatchObject({ hasPassword: false, roles: ['admin'] });
    const { token, expiresAt } = body.setPassword;
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 3 * 86_400_000)).toBeLessThan(5000);
    problem(await setPassword(token, 'password1234'), 400);
    const answers = await Promise.all([setPassword(token), setPassword(token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
    problem(await setPassword(token), 401);
    expect((await login('first@example.com', PASSWORD)).status).toBe(200);
  });

  it('takes the place of the one before, and ends all sessions when it is used', async () => {
    const user = await newUser();
    const session = await cp.signIn(user.email);
    const path = `/api/v1/tenants/${tenant.id}/users/${user.id}/set-password-token`;
    const one = await cp.request<SetPasswordToken>('POST', path);
    const two = await cp.request<SetPasswordToken>('POST', path);
    problem(await setPassword(one.body.token), 401);
    expect((await me(session)).status).toBe(200);
    expect((await setPassword(two.body.token, 'eleven green bottles hum')).status).toBe(204);
    problem(await me(session), 401);
    problem(await login(user.email, PASSWORD), 401);
  });

  it('expires', async () => {
    const user = await newUser();
    const { body } = await cp.request<SetPasswordToken>(
      'POST',
      `/api/v1/tenants/${tenant.id}/users/${user.id}/set-password-token`,
    );
    await runSql(cp.databaseUrl, "UPDATE set_password_tokens SET expires_at = now() - interval '1 second'");
    problem(await setPassword(body.token), 401);
  });
});

describe('registration', () => {
  const register = (body: object, at = cp) =>
    at.request<{ user: User; tenant: Tenant }>('POST', '/api/v1/auth/register', { token: null, body });
  const wanted = { email: 'founder@example.com', password: PASSWORD, tenant_name: 'Founded' };

  it('makes a tenant and its admin', async () => {
    const { status, body } = await register(wanted);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      user: { email: wanted.email, roles: ['admin'], tenantId: body.tenant.id },
      tenant: { name: 'Founded', plan: 'community' },
    });
    const token = await cp.signIn(wanted.email);
    expect((await cp.request('GET', `/api/v1/tenants/${body.tenant.id}/users`, { token })).status).toBe(200);
    const steps = await cp.request<{ steps: unknown[] }>(
      'GET',
      `/api/v1/tenants/${body.tenant.id}/provisioning`,
    );
    expect(steps.body.steps.length).toBeGreaterThan(0);
  });

  it.each([
    [{ ...wanted, tenant_name: 'Another' }, 'body.email'],
    [{ ...wanted, email: 'FOUNDER@example.com', tenant_name: 'Another' }, 'body.email'],
    [{ ...wanted, email: 'other@example.com' }, 'body.tenant_name'],
    [{ ...wanted, email: 'no address' }, 'body.email'],
    [{ ...wanted, email: 'other@example.com', password: 'password1234' }, 'body.password'],
    [{ ...wanted, plan: 'enterprise' }, 'body.plan'],
  ])('answers 400 to %j, and makes nothing', async (body, location) => {
    const count = () =>
      runSql(cp.databaseUrl, 'SELECT (SELECT count(*) FROM tenants), (SELECT count(*) FROM users) AS users');
    const before = await count();
    const { errors } = problem(await register(body), 400);
    expect(errors?.map((error) => error.location)).toEqual([location]);
    expect(await count()).toEqual(before);
  });

  it('is closed unless the configuration opens it', async () => {
    problem(await register({ ...wanted, email: 'x@example.com', tenant_name: 'X' }, copy), 403);
  });
});

describe('with Keycloak as the way to sign in, and down', () => {
  it('operators still may, and so may people whose plan lacks it; others and strangers may not', async () => {
    const sso = await startTestControlPlane(cp.databaseUrl, cp.operator, {
      AUTH_METHOD: 'keycloak',
      KEYCLOAK_URL: 'http://127.0.0.1:9',
      KEYCLOAK_ADMIN_CLIENT_ID: 'nobody',
      KEYCLOAK_ADMIN_CLIENT_SECRET: 'nothing',
      REGISTRATION: 'open',
    });
    try {
      const saas = await cp.request<Tenant>('POST', '/api/v1/tenants', {
        body: { name: 'SaaS', plan: 'saas' },
      });
      const user = await cp.createUser(saas.body.id, 'saas@example.com');
      expect((await login(cp.operator.email, cp.operator.password, sso)).status).toBe(200);
      expect((await login((await newUser()).email, PASSWORD, sso)).status).toBe(200);
      expect((await login(user.email, PASSWORD, cp)).status).toBe(200);
      expect(problem(await login(user.email, PASSWORD, sso), 401).detail).toMatch(/Keycloak/);
      const body = { email: 'y@example.com', password: PASSWORD, tenant_name: 'Y' };
      problem(await sso.request('POST', '/api/v1/auth/register', { token: null, body }), 403);
    } finally {
      await sso.close();
    }
  });
});

describe('tokens', () => {
  it('are verified with the published keys, and all copies publish the same', async () => {
    const token = await cp.signIn((await newUser()).email);
    const jwks = await cp.request<{ keys: { kty: string; d?: string }[] }>('GET', '/api/v1/auth/jwks', {
      token: null,
    });
    expect(jwks.body.keys).toEqual([expect.objectContaining({ kty: 'EC', alg: 'ES256', use: 'sig' })]);
    expect(jwks.body.keys[0]).not.toHaveProperty('d');
    expect((await copy.request('GET', '/api/v1/auth/jwks', { token: null })).body).toEqual(jwks.body);
    const verifier = createTokenVerifier({
      issuerOf: (issuer) => Promise.resolve({ issuer, audience: 'obstack', jwks: jwks.body }),
    });
    expect(await verifier.verify(token)).toMatchObject({ issuer: PUBLIC_URL });
    expect((await copy.request('GET', '/api/v1/auth/me', { token })).status).toBe(200);
  });

  it('do not carry rights: these are looked up at each call', async () => {
    const user = await newUser(['viewer']);
    const token = await cp.signIn(user.email);
    const path = `/api/v1/tenants/${tenant.id}/users`;
    problem(await cp.request('GET', path, { token }), 403);
    await cp.request('PATCH', `${path}/${user.id}`, { body: { roles: ['admin'] } });
    expect((await cp.request('GET', path, { token })).status).toBe(200);
    await cp.request('PATCH', `${path}/${user.id}`, { body: { isActive: false } });
    problem(await cp.request('GET', path, { token }), 401);
    await cp.request('PATCH', `${path}/${user.id}`, { body: { isActive: true } });
    problem(await cp.request('GET', path, { token }), 401);
  });
});

describe('what a proxy is told', () => {
  const ask = (path: string, body: object) => cp.request('POST', path, { token: INTERNAL_TOKEN, body });

  it('is what the one behind a token may do', async () => {
    const user = await newUser(['viewer']);
    const { sessionId } = (await me(await cp.signIn(user.email))).body;
    const question = { issuer: PUBLIC_URL, subject: user.id, sessionId };
    expect(await ask(resolvePrincipal.path, question)).toMatchObject({
      status: 200,
      body: {
        id: user.id,
        tenantId: tenant.id,
        permissions: [
          'logs:read',
          'metrics:read',
          'traces:read',
          'alerts:read',
          'costs:read',
          'tenants:read',
        ],
      },
    });
    const other = await newUser();
    for (const wrong of [
      { subject: other.id },
      { subject: 'nobody' },
      { sessionId: null },
      { sessionId: 'none' },
      { sessionId: crypto.randomUUID() },
      { issuer: 'http://elsewhere.test' },
    ]) {
      problem(await ask(resolvePrincipal.path, { ...question, ...wrong }), 404);
    }
    await cp.request('DELETE', `/api/v1/tenants/${tenant.id}/users/${user.id}/sessions`);
    problem(await ask(resolvePrincipal.path, question), 404);
  });

  it('is nothing of operators, nor of people whose tenant is not active', async () => {
    const operator = (await me(await cp.signIn(cp.operator.email, cp.operator.password))).body;
    problem(
      await ask(resolvePrincipal.path, {
        issuer: PUBLIC_URL,
        subject: operator.id,
        sessionId: operator.sessionId,
      }),
      404,
    );
    const asleep = await cp.createTenant('Asleep');
    const user = await cp.createUser(asleep.id, 'asleep@example.com');
    const { sessionId } = (await me(await cp.signIn(user.email))).body;
    await runSql(cp.databaseUrl, "UPDATE tenants SET state = 'suspended' WHERE id = $1", [asleep.id]);
    problem(await ask(resolvePrincipal.path, { issuer: PUBLIC_URL, subject: user.id, sessionId }), 404);
  });

  it('is the keys of an issuer we know', async () => {
    const { status, body } = await ask(resolveIssuer.path, { issuer: PUBLIC_URL });
    const jwks = await cp.request('GET', '/api/v1/auth/jwks');
    expect([status, body]).toEqual([200, { issuer: PUBLIC_URL, audience: 'obstack', jwks: jwks.body }]);
    problem(await ask(resolveIssuer.path, { issuer: 'http://elsewhere.test' }), 404);
  });
});

/** The life of a tenant over the API; what stands elsewhere is for provisioning.real.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Provisioning, Tenant } from '@obstack/contracts';
import { Problem } from '@obstack/contracts/problem';
import { sha256Hex } from '@obstack/service-kit/secrets';
import { type Answer, startTestControlPlane, type TestControlPlane } from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';
import { openEventStream } from './event-stream.ts';

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

const pathOf = ({ id }: Tenant) => `/api/v1/tenants/${id}`;
const patch = (tenant: Tenant, body: object, headers: Record<string, string> = {}) =>
  cp.request<Tenant>('PATCH', pathOf(tenant), { body, headers });
const get = async (tenant: Tenant) => (await cp.request<Tenant>('GET', pathOf(tenant))).body;
const provisioning = async (tenant: Tenant) =>
  (await cp.request<Provisioning>('GET', `${pathOf(tenant)}/provisioning`)).body;
const suspend = (tenant: Tenant) =>
  cp.request<Tenant>('POST', `${pathOf(tenant)}/suspend`, { body: { reason: 'invoice 12 is unpaid' } });
const remove = (tenant: Tenant, confirm = tenant.name) =>
  cp.request<Tenant>('DELETE', `${pathOf(tenant)}?confirm=${encodeURIComponent(confirm)}`);
/** As the worker does when it is through. */
const settle = (tenant: Tenant) =>
  runSql(
    cp.databaseUrl,
    `UPDATE provisioning_steps SET state = 'done' WHERE tenant_id = '${tenant.id}';
     UPDATE tenants SET state = 'ready' WHERE id = '${tenant.id}' AND state = 'provisioning'`,
  );

function problem(answer: Answer<unknown>, status: number): Problem {
  expect(answer.status).toBe(status);
  return Problem.parse(answer.body);
}

describe('a tenant', () => {
  it('is made together with its steps', async () => {
    const { body } = await cp.request<Tenant>('POST', '/api/v1/tenants', {
      body: {
        name: 'Whole',
        plan: 'saas',
        features: { 'custom-roles': true },
        limits: { samplesPerSecond: 10 },
        namespaces: [{ cluster: 'eu', namespace: 'shop' }],
      },
    });
    expect(body).toMatchObject({
      state: 'provisioning',
      isActive: true,
      plan: 'saas',
      features: { 'custom-roles': true },
      limits: { samplesPerSecond: 10 },
      namespaces: [{ cluster: 'eu', namespace: 'shop' }],
    });
    const { state, steps } = await provisioning(body);
    expect(state).toBe('provisioning');
    expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(['grafana', 'opensearch', 's3']));
    for (const step of steps) {
      expect(step).toMatchObject({ state: 'pending', action: 'apply', attempts: 0, reason: null });
      expect(step.title).toBeTruthy();
      expect(step.nextAttemptAt).not.toBeNull();
    }
  });

  it('that was not made has no steps either', async () => {
    await cp.createTenant('Only once');
    const before = await runSql(cp.databaseUrl, 'SELECT FROM provisioning_steps');
    problem(await cp.request('POST', '/api/v1/tenants', { body: { name: 'only ONCE' } }), 409);
    expect(await runSql(cp.databaseUrl, 'SELECT FROM provisioning_steps')).toHaveLength(before.length);
  });

  it('changes as asked, and keeps what was not spoken of', async () => {
    const tenant = await cp.createTenant('Changing');
    await settle(tenant);
    const { status, body } = await patch(tenant, { limits: { lineBytes: 100 } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'Changing', plan: 'community', limits: { lineBytes: 100 } });
    // Nothing outside depends on a limit.
    expect(body.state).toBe('ready');
    const { body: renamed } = await patch(tenant, { name: 'Changed', plan: 'enterprise' });
    expect(renamed).toMatchObject({ name: 'Changed', plan: 'enterprise', limits: { lineBytes: 100 } });
    // But on a name: all of it is brought up to date.
    expect(renamed.state).toBe('provisioning');
    expect((await provisioning(tenant)).steps.map(({ state }) => state)).not.toContain('done');
  });

  it('is not changed by one who has read another state of it', async () => {
    const tenant = await cp.createTenant('Contended');
    const { headers } = await cp.request('GET', pathOf(tenant));
    const etag = headers.get('etag') ?? '';
    expect((await patch(tenant, { plan: 'saas' }, { 'if-match': etag })).status).toBe(200);
    problem(await patch(tenant, { plan: 'enterprise' }, { 'if-match': etag }), 412);
    const path = `${pathOf(tenant)}?confirm=Contended`;
    problem(await cp.request('DELETE', path, { headers: { 'if-match': etag } }), 412);
    expect(await get(tenant)).toMatchObject({ plan: 'saas', state: 'provisioning' });
  });

  it('cannot take the name of another', async () => {
    const tenant = await cp.createTenant('Nameless');
    await cp.createTenant('Famous');
    const { errors } = problem(await patch(tenant, { name: 'FAMOUS' }), 409);
    expect(errors?.[0]?.location).toBe('body.name');
    expect((await get(tenant)).name).toBe('Nameless');
  });

  it.each([
    [{ plan: 'platinum' }, 'body.plan'],
    [{ name: '' }, 'body.name'],
    [{ state: 'ready' }, 'body.state'],
    [{ features: { teleport: true } }, 'body.features.teleport'],
    [{ limits: { samplesPerSecond: -1 } }, 'body.limits.samplesPerSecond'],
    [{ namespaces: [{ namespace: 'x' }] }, 'body.namespaces[0].cluster'],
  ])('is not changed by %j', async (body, location) => {
    const tenant = await cp.createTenant(`Bad input ${location}`);
    const { errors } = problem(await patch(tenant, body), 400);
    expect(errors?.map((error) => error.location)).toEqual([location]);
  });
});

describe('a namespace', () => {
  const eu = { cluster: 'eu-1', namespace: 'payments' };

  it('belongs to one tenant, also when two ask at once', async () => {
    const tenants = await Promise.all(['N1', 'N2', 'N3'].map((name) => cp.createTenant(name)));
    const asked = tenants.map((tenant) => patch(tenant, { namespaces: [eu] }));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 409, 409]);
    const loser = tenants[statuses.indexOf(409)]!;
    const both = { namespaces: [{ ...eu, cluster: 'us-1' }, eu] };
    const { errors } = problem(await patch(loser, both), 409);
    expect(errors?.map(({ location }) => location)).toEqual(['body.namespaces[1]']);
    expect((await get(loser)).namespaces).toEqual([]);
    problem(await cp.request('POST', '/api/v1/tenants', { body: { name: 'N4', ...both } }), 409);
    const owner = tenants[statuses.indexOf(200)]!;
    expect((await get(owner)).namespaces).toEqual([eu]);
    // Given up, it is free.
    await patch(owner, { namespaces: [] });
    expect((await patch(loser, both)).status).toBe(200);
  });

  it('is kept to one tenant by the database, whoever writes', async () => {
    const [a, b] = await Promise.all([cp.createTenant('D1'), cp.createTenant('D2')]);
    const insert = (tenant: Tenant) =>
      runSql(cp.databaseUrl, "INSERT INTO tenant_namespaces VALUES ('c', 'n', $1)", [tenant.id]);
    await insert(a);
    await expect(insert(b)).rejects.toThrow('tenant_namespaces_one_owner');
  });

  it('asked for twice is had once', async () => {
    const twice = { cluster: 'eu-1', namespace: 'twice' };
    const tenant = await cp.createTenant('Twice');
    expect((await patch(tenant, { namespaces: [twice, twice] })).body.namespaces).toEqual([twice]);
  });
});

describe('a list', () => {
  it('takes a state, a plan and the beginning of a name', async () => {
    const made = await Promise.all(['List_a', 'List%b', 'listc'].map((name) => cp.createTenant(name)));
    await patch(made[1]!, { plan: 'enterprise' });
    await suspend(made[2]!);
    const names = async (query: string) => {
      const { body } = await cp.request<Page<Tenant>>('GET', `/api/v1/tenants?${query}`);
      return body.items.map(({ name }) => name).sort();
    };
    expect(await names('name=LIST')).toEqual(['List%b', 'List_a', 'listc']);
    expect(await names('name=list_')).toEqual(['List_a']);
    expect(await names('name=list%25')).toEqual(['List%b']);
    expect(await names('name=list&plan=enterprise')).toEqual(['List%b']);
    expect(await names('name=list&state=suspended')).toEqual(['listc']);
    expect(await names('name=ist')).toEqual([]);
    problem(await cp.request('GET', '/api/v1/tenants?state=gone'), 400);
  });

  it('of many is read page by page under a filter', async () => {
    await Promise.all(Array.from({ length: 5 }, (_, n) => cp.createTenant(`Many ${n}`)));
    const seen: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const path: string = `/api/v1/tenants?name=many&limit=2${next && `&cursor=${next}`}`;
      const { body }: Answer<Page<Tenant>> = await cp.request('GET', path);
      seen.push(...body.items.map(({ name }) => name));
      next = body.next;
    }
    expect(seen.toSorted()).toEqual(['Many 0', 'Many 1', 'Many 2', 'Many 3', 'Many 4']);
  });
});

describe('suspension', () => {
  it('stops keys within a second, tells every proxy, and is undone by resuming', async () => {
    const tenant = await cp.createTenant('Suspended');
    const { secret } = await cp.createKey(tenant.id);
    await settle(tenant);
    const stream = await openEventStream(cp.url);
    const heard = () =>
      stream.next((event) => event.type === 'invalidated' && event.subject === `tenant:${tenant.id}`);

    let told = heard();
    const start = performance.now();
    const { body } = await suspend(tenant);
    expect((await told).at - start).toBeLessThan(1000);
    expect(body).toMatchObject({ state: 'suspended', isActive: false });
    problem(await cp.resolve(sha256Hex(secret)), 404);

    told = heard();
    const { body: resumed } = await cp.request<Tenant>('POST', `${pathOf(tenant)}/resume`);
    await told;
    expect(resumed).toMatchObject({ state: 'ready', isActive: true });
    expect((await cp.resolve(sha256Hex(secret))).status).toBe(200);
    stream.close();
  });

  it('ends sign-in and sessions of the tenant’s people', async () => {
    const tenant = await cp.createTenant('Locked out');
    const email = 'someone@locked-out.example';
    await cp.createUser(tenant.id, email);
    const token = await cp.signIn(email);
    await suspend(tenant);
    const path = pathOf(tenant);
    problem(await cp.request('GET', path, { token }), 403);
    await expect(cp.signIn(email)).rejects.toThrow();
    await cp.request('POST', `${pathOf(tenant)}/resume`);
    expect((await cp.request('GET', path, { token })).status).toBe(200);
  });

  it('of a tenant that is still being made resumes where it was', async () => {
    const tenant = await cp.createTenant('Halfway');
    await suspend(tenant);
    const { body } = await cp.request<Tenant>('POST', `${pathOf(tenant)}/resume`);
    expect(body.state).toBe('provisioning');
  });

  it('has a reason, which stands in the audit log', async () => {
    const tenant = await cp.createTenant('Reasons');
    problem(await cp.request('POST', `${pathOf(tenant)}/suspend`, { body: {} }), 400);
    await suspend(tenant);
    const rows = await runSql(
      cp.databaseUrl,
      "SELECT reason, diff FROM audit_events WHERE action = 'suspendTenant' AND tenant_id = $1",
      [tenant.id],
    );
    expect(rows).toEqual([
      {
        reason: 'invoice 12 is unpaid',
        diff: expect.objectContaining({ state: { from: 'provisioning', to: 'suspended' } }),
      },
    ]);
  });
});

describe('removal', () => {
  it('needs the tenant’s name, to the letter', async () => {
    const tenant = await cp.createTenant('Careful');
    problem(await cp.request('DELETE', pathOf(tenant)), 400);
    for (const confirm of ['careful', 'Careful ', 'Carefu', tenant.id]) {
      problem(await remove(tenant, confirm), 400);
    }
    expect((await get(tenant)).state).toBe('provisioning');
  });

  it('ends everything of it at once', async () => {
    const tenant = await cp.createTenant('Ending');
    const keys = [await cp.createKey(tenant.id), await cp.createKey(tenant.id, {}, 'query-tokens')];
    const email = 'someone@ending.example';
    await cp.createUser(tenant.id, email);
    const token = await cp.signIn(email);
    const stream = await openEventStream(cp.url);
    const told = stream.next(
      (event) => event.type === 'invalidated' && event.subject === `tenant:${tenant.id}`,
    );
    const { status, body } = await remove(tenant);
    expect([status, body.state, body.isActive]).toEqual([202, 'deleting', false]);
    await told;
    stream.close();
    for (const { secret } of keys) problem(await cp.resolve(sha256Hex(secret)), 404);
    problem(await cp.request('GET', pathOf(tenant), { token }), 401);
    const inForce = await runSql(
      cp.databaseUrl,
      `SELECT id::text FROM credentials WHERE tenant_id = '${tenant.id}' AND revoked_at IS NULL
       UNION SELECT id::text FROM sessions WHERE tenant_id = '${tenant.id}' AND ended_at IS NULL`,
    );
    expect(inForce).toEqual([]);

    const { steps } = await provisioning(tenant);
    expect(steps.at(0)).toMatchObject({ name: 'export', action: 'remove', state: 'pending' });
    expect(steps.slice(-2).map(({ name }) => name)).toEqual(['objects', 'rows']);
    expect(steps.every(({ action }) => action === 'remove')).toBe(true);
  });

  it('cannot be undone, but asked for again', async () => {
    const tenant = await cp.createTenant('No return');
    await remove(tenant);
    problem(await patch(tenant, { plan: 'saas' }), 409);
    problem(await suspend(tenant), 409);
    problem(await cp.request('POST', `${pathOf(tenant)}/resume`), 409);
    expect((await remove(tenant)).status).toBe(202);
  });

  it('is refused while there is no place for the export', async () => {
    const nowhere = await startTestControlPlane(cp.databaseUrl, cp.operator, { EXPORT_DIR: '' });
    const tenant = await cp.createTenant('Nowhere to go');
    const path = `${pathOf(tenant)}?confirm=${encodeURIComponent(tenant.name)}`;
    expect(problem(await nowhere.request('DELETE', path), 409).detail).toContain('EXPORT_DIR');
    expect((await get(tenant)).state).toBe('provisioning');
    await nowhere.close();
  });
});

describe('provisioning', () => {
  it('that failed is tried again at once when asked', async () => {
    const tenant = await cp.createTenant('Impatient');
    await runSql(
      cp.databaseUrl,
      `UPDATE provisioning_steps SET state = 'failed', reason = 'Grafana is away', attempts = 7,
         due_at = now() + interval '5 minutes' WHERE tenant_id = $1 AND name = 'grafana'`,
      [tenant.id],
    );
    const grafana = ({ steps }: Provisioning) => steps.find(({ name }) => name === 'grafana');
    expect(grafana(await provisioning(tenant))).toMatchObject({
      state: 'failed',
      reason: 'Grafana is away',
      attempts: 7,
    });
    const { status, body } = await cp.request<Provisioning>('POST', `${pathOf(tenant)}/provisioning/retry`);
    expect(status).toBe(202);
    expect(grafana(body)?.state).toBe('pending');
    expect(Date.parse(grafana(body)?.nextAttemptAt ?? '')).toBeLessThanOrEqual(Date.now());
  });

  it('of another, or a missing, tenant is not to be had', async () => {
    const path = `/api/v1/tenants/${crypto.randomUUID()}/provisioning`;
    problem(await cp.request('GET', path), 404);
    problem(await cp.request('POST', `${path}/retry`), 404);
  });
});

/** What holds of every call, whatever its endpoint: its record, its second sending, its terms, who is let in. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { defineEndpoint, type Endpoint, type Permission, pageOf, TenantId } from '@obstack/contracts';
import { createEndpointRouter } from '@obstack/service-kit/endpoint';
import { createHttpApp } from '@obstack/service-kit/http-app';
import { createLogger } from '@obstack/service-kit/logger';
import { createMetrics } from '@obstack/service-kit/metrics';
import { ForbiddenError, UnauthenticatedError } from '@obstack/service-kit/problem';
import { z } from 'zod';
import { actorCalls } from '../src/call/actor-calls.ts';
import { type Actor, afterCommit, type Context } from '../src/call/context.ts';
import { connectDatabase, type Database } from '../src/db/connect.ts';
import { type AuditRow, auditStore } from '../src/features/audit/audit-store.ts';
import { tenantStore } from '../src/features/tenants/tenants-store.ts';
import { createSealer } from '../src/sealing.ts';
import { ENCRYPTION_KEY } from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';

let postgres: TestPostgres;
let url: string;
let db: Database;
let server: Server;
let base: string;

const MINE = crypto.randomUUID();
const THEIRS = crypto.randomUUID();
const user = (id: string, tenantId: string, ...permissions: Permission[]): Actor => ({
  type: 'user',
  id,
  name: `${id}@example.com`,
  tenantId,
  permissions: new Set(permissions),
  sessionId: null,
  roles: [],
});
/** By the bearer token that stands for them here. */
const ACTORS: Record<string, Actor> = {
  operator: {
    ...user('op', MINE, 'tenants:read', 'tenants:write', 'keys:write', 'audit:read'),
    type: 'operator',
    tenantId: null,
  },
  admin: user('ada', MINE, 'tenants:read', 'keys:write', 'audit:read'),
  viewer: user('vic', MINE, 'tenants:read'),
  stranger: user('eve', THEIRS, 'tenants:read', 'keys:write', 'audit:read'),
};

const Thing = z.object({ name: z.string(), secret: z.string().optional() });
const inTenant = { tag: 'Test', caller: 'actor', params: z.strictObject({ tenantId: TenantId }) } as const;

/** The change is a rename of the tenant: a row that everyone can look up. */
const rename = defineEndpoint({
  ...inTenant,
  id: 'rename',
  method: 'POST',
  path: '/tenants/{tenantId}/rename',
  summary: 'Change something, in whatever way the test says',
  permission: 'keys:write',
  request: Thing,
  response: Thing,
  status: 201,
  problems: [],
});
const patch = defineEndpoint({ ...rename, id: 'patch', method: 'PATCH', status: 200, etag: true });
const look = defineEndpoint({
  ...inTenant,
  id: 'look',
  method: 'GET',
  path: '/tenants/{tenantId}/rename',
  summary: 'Look',
  permission: 'tenants:read',
  response: Thing,
  status: 200,
  etag: true,
  problems: [],
});
const paid = defineEndpoint({
  ...look,
  id: 'paid',
  path: '/tenants/{tenantId}/paid',
  feature: 'custom-roles',
});
const everywhere = defineEndpoint({
  id: 'everywhere',
  method: 'GET',
  path: '/things',
  summary: 'Across tenants',
  tag: 'Test',
  caller: 'actor',
  permission: 'tenants:read',
  response: pageOf(Thing),
  status: 200,
  problems: [],
});

type Handler = (ctx: Context, name: string) => unknown;
/** What `rename` and `patch` do; each test puts its own here. */
let handle: Handler;
const nameOf = async (ctx: Context) => {
  const row = await ctx.db('tenants').where({ id: ctx.tenantId }).first<{ name: string }>('name');
  return { name: row.name };
};
const change: Handler = async (ctx, name) => {
  const before = await nameOf(ctx);
  await ctx.db('tenants').where({ id: ctx.tenantId }).update({ name });
  ctx.audited({ before, after: { name } });
  return { name };
};

beforeAll(async () => {
  postgres = await startTestPostgres();
  url = await postgres.migratedDatabase();
  const logger = createLogger({ name: 'test', level: 'silent' });
  db = connectDatabase(url, logger);
  const api = createEndpointRouter(
    actorCalls({
      db,
      authenticate: (call) => {
        const actor = ACTORS[call.headers.authorization?.slice('Bearer '.length) ?? ''];
        if (!actor) throw new UnauthenticatedError('Who?');
        return Promise.resolve(actor);
      },
      tenants: tenantStore,
      audit: auditStore,
      sealer: createSealer(ENCRYPTION_KEY, 'idempotent answers'),
    }),
  );
  const mountChange = (endpoint: typeof rename | typeof patch) =>
    api.mount(endpoint, (ctx, { body }) => handle(ctx, body.name) as { name: string });
  mountChange(rename);
  mountChange(patch);
  api.mount(look, (ctx) => nameOf(ctx));
  api.mount(paid, (ctx) => nameOf(ctx));
  api.mount(everywhere, () => ({ items: [], next: null }));
  server = createServer(createHttpApp({ logger, metrics: createMetrics(), routers: [api.router()] }));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await db.close();
  await postgres.stop();
});

async function freshTenants(): Promise<void> {
  await runSql(
    url,
    `ALTER TABLE audit_events DISABLE TRIGGER USER; DELETE FROM audit_events;
     ALTER TABLE audit_events ENABLE TRIGGER USER;
     DELETE FROM idempotency_keys; DELETE FROM tenants;
     INSERT INTO tenants (id, name, plan) VALUES ('${MINE}', 'mine', 'saas'), ('${THEIRS}', 'theirs', 'saas')`,
  );
  handle = change;
}
beforeAll(freshTenants);
afterEach(freshTenants);

interface Options {
  as?: string;
  body?: object;
  headers?: Record<string, string>;
  tenantId?: string;
}
async function call(endpoint: Pick<Endpoint, 'method' | 'path'>, options: Options = {}) {
  const { as = 'admin', tenantId = MINE } = options;
  const body = options.body ?? (endpoint.method === 'GET' ? undefined : { name: 'changed' });
  const response = await fetch(base + endpoint.path.replace('{tenantId}', tenantId), {
    method: endpoint.method,
    headers: {
      authorization: `Bearer ${as}`,
      'content-type': 'application/json',
      'user-agent': 'a test',
      ...options.headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
const auditLog = () => runSql<AuditRow>(url, 'SELECT * FROM audit_events ORDER BY created_at, id');
const currentName = async (id = MINE) =>
  (await runSql<{ name: string }>(url, 'SELECT name FROM tenants WHERE id = $1', [id]))[0]?.name;

describe('the audit log', () => {
  it('says who changed what, from where, and what was there before', async () => {
    expect((await call(rename, { headers: { 'x-request-id': 'request-1' } })).status).toBe(201);
    expect(await auditLog()).toEqual([
      {
        id: expect.any(String),
        created_at: expect.any(Date),
        tenant_id: MINE,
        actor_type: 'user',
        actor_id: 'ada',
        actor_name: 'ada@example.com',
        ip: '127.0.0.1',
        user_agent: 'a test',
        action: 'rename',
        target_type: 'tenant',
        target_id: MINE,
        outcome: 'success',
        reason: null,
        request_id: 'request-1',
        diff: { name: { from: 'mine', to: 'changed' } },
      },
    ]);
  });

  it('has what an operator did in a tenant among that tenant’s', async () => {
    await call(rename, { as: 'operator' });
    expect(await auditLog()).toMatchObject([{ tenant_id: MINE, actor_type: 'operator', actor_id: 'op' }]);
  });

  it('leaves out reading', async () => {
    await call(look);
    expect(await auditLog()).toEqual([]);
  });

  it('commits with the change: a handler that fails after it leaves neither', async () => {
    handle = async (ctx, name) => {
      await change(ctx, name);
      throw new Error('after the change');
    };
    expect((await call(rename)).status).toBe(500);
    expect([await currentName(), await auditLog()]).toEqual(['mine', []]);
  });

  it('commits with the change: where no row can be added, nothing is changed', async () => {
    await runSql(url, "ALTER TABLE audit_events ADD CONSTRAINT never CHECK (action <> 'rename')");
    expect((await call(rename)).status).toBe(500);
    expect([await currentName(), await auditLog()]).toEqual(['mine', []]);
    await runSql(url, 'ALTER TABLE audit_events DROP CONSTRAINT never');
    expect((await call(rename)).status).toBe(201);
    expect([await currentName(), (await auditLog()).length]).toEqual(['changed', 1]);
  });

  it('is complete before what comes after the commit begins', async () => {
    handle = async (ctx, name) => {
      await change(ctx, name);
      return afterCommit(async () => ({
        name: `${(await auditLog()).length} row, ${(await ctx.begin((tx) => nameOf({ ...ctx, db: tx }))).name}`,
      }));
    };
    expect(await call(rename)).toMatchObject({ status: 201, body: { name: '1 row, changed' } });
  });

  it('blanks what is secret by its name', async () => {
    handle = (ctx) => {
      ctx.audited({ before: { apiToken: 'old', a: { password: 'x' } }, after: { apiToken: 'new', a: 1 } });
      return { name: 'x' };
    };
    await call(rename);
    expect((await auditLog())[0]?.diff).toEqual({
      apiToken: { from: '[redacted]', to: '[redacted]' },
      a: { from: { password: '[redacted]' }, to: 1 },
    });
  });

  it.each([
    ['viewer', rename, MINE, 403, 'This needs the permission keys:write.', MINE],
    ['stranger', rename, MINE, 404, 'There is no such tenant.', THEIRS],
    ['stranger', look, MINE, 404, 'There is no such tenant.', THEIRS],
    ['viewer', everywhere, MINE, 403, 'This spans tenants, and is for operators only.', MINE],
    ['viewer', paid, MINE, 403, expect.stringMatching(/custom-roles, which the plan enterprise has/), MINE],
  ])(
    'has the attempt of a %s, in the log of the one who tried (%#)',
    async (as, endpoint, on, status, reason, log) => {
      const answer = await call(endpoint, { as, tenantId: on });
      expect(answer.status).toBe(status);
      expect(await auditLog()).toMatchObject([
        { outcome: 'denied', action: endpoint.id, reason, tenant_id: log, actor_id: ACTORS[as]?.id },
      ]);
      expect(await currentName()).toBe('mine');
    },
  );

  it('has what a service refused, without what it had changed by then', async () => {
    handle = async (ctx, name) => {
      await change(ctx, name);
      throw new ForbiddenError('Not this one.');
    };
    expect((await call(rename)).status).toBe(403);
    expect(await auditLog()).toMatchObject([{ outcome: 'denied', reason: 'Not this one.', diff: null }]);
    expect(await currentName()).toBe('mine');
  });

  it.each(['%00', 'obk_AbCdEfGhIjKl_0123456789abcdefghijklmnopqrstuv000000', 'x'.repeat(5000)])(
    'does not keep what somebody put in the place of an id',
    async (tenantId) => {
      expect((await call(look, { as: 'stranger', tenantId })).status).toBe(404);
      expect(await auditLog()).toMatchObject([{ outcome: 'denied', target_type: 'tenant', target_id: null }]);
    },
  );

  it('answers another tenant’s as it answers one that is not there', async () => {
    const theirs = await call(look, { as: 'stranger' });
    const nobodys = await call(look, { as: 'stranger', tenantId: crypto.randomUUID() });
    const said = ({ status, body }: typeof theirs) => [status, { ...(body as object), requestId: '' }];
    expect(said(theirs)).toEqual(said(nobodys));
  });

  it.each(['UPDATE audit_events SET reason = $$x$$', 'DELETE FROM audit_events', 'TRUNCATE audit_events'])(
    'refuses %s to the service and to the owner of the table',
    async (sql) => {
      // One of its own: between the others the log is emptied, which takes the lock off.
      const locked = await postgres.migratedDatabase();
      await runSql(
        locked,
        `INSERT INTO audit_events (actor_type, actor_id, actor_name, action, target_type, outcome, request_id)
         VALUES ('user', 'u', 'u', 'a', 't', 'success', 'r')`,
      );
      const refused = 'audit_events is append-only';
      await expect(runSql(locked, sql)).rejects.toThrow(refused);
      await expect(runSql(locked, `SET session_replication_role = replica; ${sql}`)).rejects.toThrow(refused);
      const service = connectDatabase(locked, createLogger({ name: 'test', level: 'silent' }));
      for (const scope of [{ tenantId: MINE }, 'platform'] as const) {
        await expect(service.begin(scope, (tx) => tx.raw(sql))).rejects.toThrow('permission denied');
      }
      await service.close();
      expect(await runSql(locked, 'SELECT reason FROM audit_events')).toEqual([{ reason: null }]);
    },
  );
});

describe('a feature', () => {
  it('is asked of the plan, and an override has the last word', async () => {
    await runSql(url, "UPDATE tenants SET plan = 'enterprise' WHERE id = $1", [MINE]);
    expect((await call(paid)).status).toBe(200);
    await runSql(url, `UPDATE tenants SET features = '{"custom-roles": false}' WHERE id = $1`, [MINE]);
    expect(await call(paid)).toMatchObject({
      status: 403,
      body: { type: 'urn:obstack:problem:plan-required' },
    });
    await runSql(url, `UPDATE tenants SET plan = 'community', features = '{"custom-roles": true}'`);
    expect((await call(paid)).status).toBe(200);
  });

  it('of an operator’s call to something that is no tenant is a mistake of the caller', async () => {
    expect((await call(paid, { as: 'operator', tenantId: 'none' })).status).toBe(400);
    expect((await call(paid, { as: 'operator', tenantId: crypto.randomUUID() })).status).toBe(404);
  });
});

describe('Idempotency-Key', () => {
  const withKey = (options: Options = {}, key = 'key-1') =>
    call(rename, { ...options, headers: { 'idempotency-key': key } });
  const counting = () => {
    let calls = 0;
    handle = async (ctx, name) => {
      await change(ctx, name);
      return { name: `${name} ${++calls}`, secret: 'obk_shown-once' };
    };
    return () => calls;
  };

  it('gives the first answer again, and changes and records nothing', async () => {
    const calls = counting();
    const first = await withKey();
    const second = await withKey();
    expect(first).toMatchObject({ status: 201, body: { name: 'changed 1', secret: 'obk_shown-once' } });
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect([calls(), (await auditLog()).length]).toEqual([1, 1]);
  });

  it('is 422 for another request', async () => {
    counting();
    await withKey();
    const other = await withKey({ body: { name: 'other' } });
    expect(other).toMatchObject({ status: 422, body: { type: 'urn:obstack:problem:key-reused' } });
    expect(await currentName()).toBe('changed');
  });

  it('is 409 while the first is under way', async () => {
    let goOn = (): void => undefined;
    let begun = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    handle = async (ctx, name) => {
      begun();
      await new Promise<void>((resolve) => (goOn = resolve));
      return change(ctx, name);
    };
    const first = withKey();
    await hasBegun;
    expect(await withKey()).toMatchObject({ status: 409, body: { type: 'urn:obstack:problem:conflict' } });
    goOn();
    expect((await first).status).toBe(201);
    expect((await withKey()).status).toBe(201);
    expect(await auditLog()).toHaveLength(1);
  });

  it('belongs to its caller: another’s equal key is another key', async () => {
    const calls = counting();
    await withKey();
    expect(await withKey({ as: 'operator' })).toMatchObject({ body: { name: 'changed 2' } });
    expect(calls()).toBe(2);
  });

  it('does not open to one who may not any more', async () => {
    counting();
    await withKey();
    ACTORS['admin'] = user('ada', MINE, 'tenants:read');
    expect((await withKey()).status).toBe(403);
    ACTORS['admin'] = user('ada', MINE, 'tenants:read', 'keys:write', 'audit:read');
  });

  it('is kept for 24 hours', async () => {
    const calls = counting();
    const age = (interval: string) =>
      runSql(url, `UPDATE idempotency_keys SET created_at = now() - interval '${interval}'`);
    await withKey();
    await age('23 hours 59 minutes');
    await withKey();
    expect(calls()).toBe(1);
    await age('24 hours 1 second');
    expect(await withKey()).toMatchObject({ body: { name: 'changed 2' } });
    expect(await withKey()).toMatchObject({ body: { name: 'changed 2' } });
  });

  it('leaves nothing of a failure: the next one tries again', async () => {
    const calls = counting();
    const works = handle;
    handle = async (ctx, name) => {
      await works(ctx, name);
      throw new ForbiddenError('Not now.');
    };
    expect((await withKey()).status).toBe(403);
    handle = works;
    expect((await withKey()).status).toBe(201);
    expect(calls()).toBe(2);
  });

  it('keeps an answer that the database cannot read, nor guess the request from', async () => {
    counting();
    await withKey({ body: { name: 'changed', secret: 'hunter2' } });
    const [row] = await runSql<{ answer: string; request_sha256: string }>(
      url,
      'SELECT * FROM idempotency_keys',
    );
    const kept = Buffer.from(row?.answer ?? '', 'base64').toString('latin1') + JSON.stringify(row);
    expect(kept).not.toMatch(/changed|obk_|hunter2/);
    const { createHash } = await import('node:crypto');
    const guess = { params: { tenantId: MINE }, body: { name: 'changed', secret: 'hunter2' } };
    expect(row?.request_sha256).not.toBe(createHash('sha256').update(JSON.stringify(guess)).digest('hex'));
    expect(() =>
      createSealer('another key'.repeat(5), 'idempotent answers').open(row?.answer ?? ''),
    ).toThrow();
  });

  it.each(['', 'x'.repeat(256), 'two words'])('%j is none', async (key) => {
    expect(await withKey({}, key)).toMatchObject({
      status: 400,
      body: { errors: [{ location: 'header.idempotency-key' }] },
    });
  });
});

describe('ETag and If-Match', () => {
  const patchWith = (tag: string) => call(patch, { headers: { 'if-match': tag } });
  const tagNow = async () => (await call(look)).headers.get('etag') ?? '';
  const checked: Handler = async (ctx, name) => {
    ctx.requireMatch(Thing, await nameOf(ctx));
    return change(ctx, name);
  };

  it('let a change through that knows what it changes', async () => {
    handle = checked;
    const tag = await tagNow();
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    const changed = await patchWith(tag);
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).toBe(await tagNow());
    expect(await tagNow()).not.toBe(tag);
  });

  it('are 412 for one that does not, and nothing is changed or recorded', async () => {
    handle = checked;
    const stale = await tagNow();
    await patchWith(stale);
    await runSql(url, "UPDATE tenants SET name = 'meanwhile' WHERE id = $1", [MINE]);
    for (const tag of [stale, '"x"', `W/${await tagNow()}`, 'nonsense']) {
      expect(await patchWith(tag)).toMatchObject({
        status: 412,
        body: { type: 'urn:obstack:problem:precondition-failed' },
      });
    }
    expect([await currentName(), (await auditLog()).length]).toEqual(['meanwhile', 1]);
  });

  it('take a list, a star, and nothing at all', async () => {
    handle = checked;
    expect((await patchWith(`"other", ${await tagNow()}`)).status).toBe(200);
    expect((await patchWith('*')).status).toBe(200);
    expect((await call(patch)).status).toBe(200);
  });
});

// `npm run bench -- control-plane`: the admin API over a database of the size a large platform has.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditFilter } from '@obstack/contracts';
import { createClient } from '@obstack/contracts/client';
import { startStack, type Stack } from '@obstack/native';
import pg from 'pg';
import { percentile } from './measure/stats.ts';
import { figure, renderTable } from './table.ts';

/** How much is in the database; a look-up is measured at each of `keySteps` on the way. */
export interface Size {
  readonly tenants: number;
  readonly keySteps: readonly number[];
  readonly keysOfOneTenant: number;
  readonly auditEvents: number;
  /** Requests per figure. */
  readonly requests: number;
}
export const LARGE: Size = {
  tenants: 10_000,
  keySteps: [10, 1_000, 100_000],
  keysOfOneTenant: 5_000,
  auditEvents: 500_000,
  requests: 400,
};
export const SMALL: Size = {
  tenants: 1_000,
  keySteps: [10, 5_000],
  keysOfOneTenant: 500,
  auditEvents: 2_000,
  requests: 30,
};

/** Milliseconds, of one request after the other over HTTP. */
export interface Latency {
  readonly name: string;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** What p95 is meant to stay below. */
  readonly aim: number | undefined;
}
export interface ControlPlaneFigures {
  readonly size: Size;
  readonly lists: readonly Latency[];
  readonly lookUps: readonly Latency[];
  /** Of a start that finds every migration done: milliseconds, and how many it ran. */
  readonly restart: {
    readonly ms: number;
    readonly migrationsBefore: number;
    readonly migrationsAfter: number;
  };
}

const LIST_AIM_MS = 50;
const PAGE = 50;

export async function runControlPlane(size: Size, say: (line: string) => void): Promise<ControlPlaneFigures> {
  const dir = mkdtempSync(join(tmpdir(), 'obstack-bench-cp-'));
  const stack = await startStack({
    dir,
    ports: 'free',
    parts: ['postgres', 'control-plane'],
    env: { LOG_LEVEL: 'warn' },
  });
  const database = new pg.Client({ connectionString: stack.env['DATABASE_URL'] });
  try {
    await database.connect();
    const lookUps: Latency[] = [];
    await addTenants(database, size);
    let keys = 0;
    for (const wanted of size.keySteps) {
      say(`${wanted} keys`);
      await addKeys(database, size, keys, (keys = wanted));
      lookUps.push(await measureLookUp(stack, size, keys));
    }
    say(`${size.auditEvents} audit events`);
    await addAuditEvents(database, size);
    await database.query('VACUUM ANALYZE');
    say('lists');
    const lists = await measureLists(stack, database, size);
    say('a start that finds every migration done');
    const restart = await measureRestart(stack, database);
    return { size, lists, lookUps, restart };
  } finally {
    await database.end();
    await stack.stop();
    rmSync(dir, { recursive: true });
  }
}

const addTenants = (database: pg.Client, { tenants }: Size) =>
  database.query(
    `INSERT INTO tenants (name, plan, state, created_at)
     SELECT 'tenant ' || n, (ARRAY['community', 'saas', 'enterprise'])[1 + n % 3]::subscription_plan, 'ready',
       now() - make_interval(mins => $1::int - n)
     FROM generate_series(1, $1::int) n`,
    [tenants],
  );

/** Keys `from` to `to`: every tenth is the first tenant's until it has its share, the others are spread over all. */
const addKeys = (database: pg.Client, size: Size, from: number, to: number) =>
  database.query(
    `WITH t AS (SELECT id, row_number() OVER (ORDER BY created_at) AS place FROM tenants)
     INSERT INTO credentials (id, tenant_id, kind, name, sha256, signals, created_by, created_at)
     SELECT lpad(n::text, 12, '0'), t.id, 'ingestion-key', 'key ' || n, encode(sha256(('key ' || n)::bytea), 'hex'),
       '{logs,metrics,traces}', 'bench', now() - make_interval(secs => $2::int - n)
     FROM generate_series($1::int + 1, $2::int) n
     JOIN t ON t.place = CASE WHEN n % 10 = 0 AND n / 10 <= $3::int THEN 1 ELSE 1 + n % $4::int END`,
    [from, to, size.keysOfOneTenant, size.tenants],
  );

/** A fifth of them the first tenant's. */
const addAuditEvents = (database: pg.Client, { auditEvents, tenants }: Size) =>
  database.query(
    `WITH t AS (SELECT id, row_number() OVER (ORDER BY created_at) AS place FROM tenants)
     INSERT INTO audit_events (created_at, tenant_id, actor_type, actor_id, actor_name, action, target_type, target_id,
       outcome, request_id)
     SELECT now() - make_interval(secs => n), t.id, 'user', 'user' || n % 50, 'user' || n % 50 || '@example.com',
       'action' || n % 40, 'key', 'key' || n % 1000,
       (CASE WHEN n % 100 = 0 THEN 'denied' ELSE 'success' END)::audit_outcome, 'request' || n
     FROM generate_series(1, $1::int) n
     JOIN t ON t.place = CASE WHEN n % 5 = 0 THEN 1 ELSE 1 + n % $2::int END`,
    [auditEvents, tenants],
  );

async function measureLookUp(stack: Stack, { requests }: Size, keys: number): Promise<Latency> {
  const token = stack.env['INTERNAL_TOKEN'] ?? '';
  const url = `${stack.urls['control-plane']}/internal/v1/credentials/resolve`;
  const ask = async (i: number) => {
    // Spread over all of them, and never the same one twice in a row.
    const sha256 = hashes[(i * 7919) % hashes.length];
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ sha256 }),
    });
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`a known key was answered with ${response.status}`);
  };
  const hashes = hashesOf(keys);
  return latency(`look-up among ${keys} keys`, requests, ask, undefined);
}

function hashesOf(keys: number): string[] {
  return Array.from({ length: keys }, (_, i) =>
    createHash('sha256')
      .update(`key ${i + 1}`)
      .digest('hex'),
  );
}

async function measureLists(stack: Stack, database: pg.Client, size: Size): Promise<Latency[]> {
  const { token } = JSON.parse(readFileSync(stack.env['OPERATOR_FILE'] ?? '', 'utf8')) as { token: string };
  const api = createClient({ baseUrl: stack.urls['control-plane'], token });
  const { rows } = await database.query<{ id: string }>('SELECT id FROM tenants ORDER BY created_at LIMIT 1');
  const params = { tenantId: rows[0]?.id ?? '' };
  const limit = PAGE;
  const figures: Latency[] = [];
  const list = async (name: string, ask: () => Promise<unknown>) =>
    void figures.push(await latency(name, size.requests, ask, LIST_AIM_MS));

  const tenants = await cursors((query) => api.listTenants({ query }), size.tenants);
  await list('tenants, first page', () => api.listTenants({ query: { limit } }));
  await list('tenants, middle page', () => api.listTenants({ query: { limit, cursor: tenants.middle } }));
  await list('tenants, last page', () => api.listTenants({ query: { limit, cursor: tenants.last } }));
  await list('tenants, by name', () =>
    api.listTenants({ query: { limit, name: `tenant ${size.tenants >> 1}` } }),
  );
  await list('tenants, by plan', () => api.listTenants({ query: { limit, plan: 'enterprise' } }));
  await list('tenants, by a state none has', () => api.listTenants({ query: { limit, state: 'suspended' } }));

  const keys = await cursors((query) => api.listIngestionKeys({ params, query }), size.keysOfOneTenant);
  await list('keys of a tenant, first page', () => api.listIngestionKeys({ params, query: { limit } }));
  await list('keys of a tenant, middle page', () =>
    api.listIngestionKeys({ params, query: { limit, cursor: keys.middle } }),
  );

  const audit = async (name: string, query: AuditFilter) => {
    await list(`audit of a tenant, ${name}`, () =>
      api.listAuditEvents({ params, query: { ...query, limit } }),
    );
    await list(`audit of all, ${name}`, () => api.listAllAuditEvents({ query: { ...query, limit } }));
  };
  await audit('newest', {});
  await audit('an hour long ago', {
    from: ago(size.auditEvents / 2),
    to: ago(size.auditEvents / 2 - 3600),
  });
  await audit('denied', { outcome: 'denied' });
  await audit('one actor', { actor: 'user7@example.com' });
  await audit('an action that was never done', { action: 'nothing' });
  await audit('a target that was never touched', { target: 'nothing' });
  return figures;
}

const ago = (seconds: number) => new Date(Date.now() - Math.round(seconds) * 1000).toISOString();

type ListCall = (query: {
  limit: number;
  cursor?: string;
}) => Promise<{ items: unknown[]; next: string | null }>;

/** Where the middle and the last page of a list of about `count` items begin. */
async function cursors(list: ListCall, count: number): Promise<{ middle: string; last: string }> {
  const found: string[] = [];
  for (let next: string | null | undefined; next !== null;) {
    ({ next } = await list({ limit: 200, ...(next !== undefined && { cursor: next }) }));
    if (next !== null) found.push(next);
  }
  const [middle, last] = [found[found.length >> 1], found.at(-1)];
  if (middle === undefined || last === undefined) throw new Error(`a list of ${count} items has one page`);
  return { middle, last };
}

async function latency(
  name: string,
  requests: number,
  ask: (i: number) => Promise<unknown>,
  aim: number | undefined,
): Promise<Latency> {
  const warmUp = Math.ceil(requests / 10);
  const times: number[] = [];
  for (let i = -warmUp; i < requests; i++) {
    const start = performance.now();
    await ask(i + warmUp);
    if (i >= 0) times.push(performance.now() - start);
  }
  return { name, p50: percentile(times, 50), p95: percentile(times, 95), p99: percentile(times, 99), aim };
}

async function measureRestart(stack: Stack, database: pg.Client): Promise<ControlPlaneFigures['restart']> {
  const count = async () => {
    const { rows } = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM knex_migrations');
    return rows[0]?.n ?? 0;
  };
  const migrationsBefore = await count();
  await stack.stopPart('control-plane');
  const start = performance.now();
  await stack.start('control-plane');
  return { ms: performance.now() - start, migrationsBefore, migrationsAfter: await count() };
}

/** What the aims are missed by, in words. */
export function missed({ lists, restart }: ControlPlaneFigures): string[] {
  const slow = lists.filter(({ p95, aim }) => aim !== undefined && p95 > aim);
  return [
    ...slow.map(({ name, p95, aim }) => `${name}: p95 is ${figure(p95)} ms, above ${aim} ms`),
    ...(restart.migrationsAfter === restart.migrationsBefore ? [] : ['a second start ran migrations again']),
  ];
}

export function renderControlPlane(figures: ControlPlaneFigures): string {
  const { size, lists, lookUps, restart } = figures;
  const rows = (latencies: readonly Latency[]) =>
    latencies.map(({ name, p50, p95, p99 }) => [name, figure(p50), figure(p95), figure(p99)]);
  const head = ['', 'p50 ms', 'p95 ms', 'p99 ms'];
  const counts = `${size.tenants} tenants, ${size.keySteps.at(-1)} keys, ${size.auditEvents} audit events; ${size.requests} requests each, one after the other`;
  return [
    `Lists of ${PAGE} (aim: p95 below ${LIST_AIM_MS} ms)\n${counts}\n${renderTable(head, rows(lists))}`,
    `Who owns this key? (aim: flat)\n${renderTable(head, rows(lookUps))}`,
    `A start that finds all ${restart.migrationsBefore} migrations done: ${figure(restart.ms)} ms, ran ${restart.migrationsAfter - restart.migrationsBefore}`,
  ].join('\n\n');
}

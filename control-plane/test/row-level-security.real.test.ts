/** The second lock: whatever a store forgets, PostgreSQL shows a transaction the rows of its own scope. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@obstack/service-kit/logger';
import { APP_ROLE, connectDatabase, type Database, type Executor } from '../src/db/connect.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';

let postgres: TestPostgres;
let url: string;
let db: Database;
const MINE = crypto.randomUUID();
const THEIRS = crypto.randomUUID();
const credential = (tenantId: string, id: string) =>
  `('${id}', '${tenantId}', 'ingestion-key', 'k', '${id.padEnd(64, '0')}', '{logs}', 'test')`;

beforeAll(async () => {
  postgres = await startTestPostgres();
  url = await postgres.migratedDatabase();
  await runSql(
    url,
    `INSERT INTO tenants (id, name) VALUES ('${MINE}', 'mine'), ('${THEIRS}', 'theirs');
     INSERT INTO credentials (id, tenant_id, kind, name, sha256, signals, created_by)
       VALUES ${credential(MINE, 'mine00000000')}, ${credential(THEIRS, 'theirs000000')}`,
  );
  db = connectDatabase(url, createLogger({ name: 'test', level: 'silent' }));
});
afterAll(async () => {
  await db.close();
  await postgres.stop();
});

/** A store that has forgotten its tenant filter everywhere. */
const forgetful = {
  list: (tx: Executor) => tx('credentials').pluck('id') as Promise<string[]>,
  tenants: (tx: Executor) => tx('tenants').pluck('id') as Promise<string[]>,
  revokeAll: async (tx: Executor) => await tx('credentials').update({ revoked_at: tx.fn.now() }),
  deleteAll: async (tx: Executor) => await tx('credentials').delete(),
  give: (tx: Executor, tenantId: string) =>
    tx.raw(
      `INSERT INTO credentials (id, tenant_id, kind, name, sha256, signals, created_by)
       VALUES ${credential(tenantId, 'made00000000')}`,
    ),
};

/** Runs and undoes. */
async function dry<T>(
  scope: Parameters<Database['begin']>[0],
  work: (tx: Executor) => Promise<T>,
): Promise<T> {
  let result: T | undefined;
  const undo = new Error('undo');
  await db
    .begin(scope, async (tx) => {
      result = await work(tx);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return result as T;
}

describe('a store that forgets its tenant filter', () => {
  it('finds nothing of another tenant', async () => {
    expect(await db.begin({ tenantId: MINE }, forgetful.list)).toEqual(['mine00000000']);
    expect(await db.begin({ tenantId: MINE }, forgetful.tenants)).toEqual([MINE]);
    expect(await db.begin('platform', forgetful.list)).toHaveLength(2);
  });

  it('changes and removes nothing of another tenant', async () => {
    expect(await dry({ tenantId: MINE }, forgetful.revokeAll)).toBe(1);
    expect(await dry({ tenantId: MINE }, forgetful.deleteAll)).toBe(1);
    expect(await dry({ tenantId: crypto.randomUUID() }, forgetful.deleteAll)).toBe(0);
  });

  it('gives nothing to another tenant, and moves nothing there', async () => {
    const refused = 'new row violates row-level security policy';
    await expect(db.begin({ tenantId: MINE }, (tx) => forgetful.give(tx, THEIRS))).rejects.toThrow(refused);
    await expect(
      db.begin({ tenantId: MINE }, (tx) => tx('credentials').update({ tenant_id: THEIRS })),
    ).rejects.toThrow(refused);
    await dry({ tenantId: MINE }, (tx) => forgetful.give(tx, MINE));
  });

  it.each(['', '%', "' OR true --", '*; --', MINE.toUpperCase()])(
    'finds nothing in the scope %j',
    async (tenantId) => {
      expect(await db.begin({ tenantId }, forgetful.list)).toEqual([]);
    },
  );
});

describe('the connection', () => {
  it('shows nothing outside a scope, also where a scope was before', async () => {
    const counts = await db.begin('platform', async (tx) => {
      const before = (await forgetful.list(tx)).length;
      await tx.raw("SELECT set_config('obstack.tenant', '', true)");
      return [before, (await forgetful.list(tx)).length];
    });
    expect(counts).toEqual([2, 0]);
    // One after the other on the same connection: the scope ends with its transaction.
    const scopes = await db.begin({ tenantId: MINE }, (tx) =>
      tx.raw<{ rows: { pid: number }[] }>('SELECT pg_backend_pid() AS pid'),
    );
    expect(scopes.rows[0]?.pid).toEqual(expect.any(Number));
    expect(await runSql(url, `SET ROLE ${APP_ROLE}; SELECT * FROM credentials`)).toEqual([]);
  });

  it('is of a role that owns nothing and cannot step around the lock', async () => {
    const [role] = await runSql(
      url,
      `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin,
              (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned
       FROM pg_roles r WHERE rolname = '${APP_ROLE}'`,
    );
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolcanlogin: false,
      owned: 0,
    });
    const { rows } = await db.begin('platform', (tx) =>
      tx.raw<{ rows: { current_user: string }[] }>('SELECT current_user'),
    );
    expect(rows).toEqual([{ current_user: APP_ROLE }]);
  });
});

describe('a page of a list', () => {
  const page = 'ORDER BY created_at, id LIMIT 51';
  const mine = `tenant_id = '${MINE}'`;
  let many: string;

  beforeAll(async () => {
    many = await postgres.migratedDatabase();
    await runSql(
      many,
      `INSERT INTO tenants (name) SELECT 'tenant ' || n FROM generate_series(1, 3000) n;
       INSERT INTO tenants (id, name) VALUES ('${MINE}', 'mine');
       INSERT INTO credentials (id, tenant_id, kind, name, sha256, signals, created_by)
         SELECT lpad(n::text, 12, '0'), '${MINE}', 'ingestion-key', 'k', lpad(n::text, 64, '0'), '{logs}', 'test'
         FROM generate_series(1, 3000) n;
       INSERT INTO audit_events
           (tenant_id, actor_type, actor_id, actor_name, action, target_type, target_id, outcome, request_id)
         SELECT CASE n % 20 WHEN 0 THEN '${MINE}' ELSE gen_random_uuid() END, 'user', 'u', 'u', 'a', 't', n::text,
           'success', 'r' FROM generate_series(1, 20000) n`,
    );
    await runSql(many, 'ANALYZE');
  });

  // The lock has once cost a thousandfold, by what the planner made of its condition.
  it.each([
    ['*', `SELECT * FROM tenants ${page}`, 'tenants_page_idx'],
    [
      MINE,
      `SELECT * FROM credentials WHERE ${mine} AND kind = 'ingestion-key' ${page}`,
      'credentials_page_idx',
    ],
    [
      MINE,
      `SELECT * FROM audit_events WHERE ${mine} ORDER BY created_at DESC, id DESC LIMIT 51`,
      'audit_events_page_idx',
    ],
    [
      '*',
      'SELECT * FROM audit_events ORDER BY created_at DESC, id DESC LIMIT 51',
      'audit_events_platform_idx',
    ],
    [
      '*',
      `SELECT * FROM audit_events WHERE target_id = 'none' ORDER BY created_at DESC, id DESC LIMIT 51`,
      'audit_events_target_idx',
    ],
  ])('is one walk along an index (%#)', async (scope, sql, index) => {
    const plan = await runSql<{ 'QUERY PLAN': string }>(
      many,
      `SET ROLE ${APP_ROLE}; SELECT set_config('obstack.tenant', '${scope}', false); EXPLAIN ${sql}`,
    );
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain(`Index Scan using ${index}`);
    expect(text).not.toMatch(/Sort|Seq Scan|Bitmap/);
  });
});

describe('every table of the schema', () => {
  interface Table {
    name: string;
    tenantColumn: boolean;
    secured: boolean;
    policies: { name: string; using: string; check: string | null; command: string; roles: string }[];
    rights: string[];
  }
  const tables = () =>
    runSql<Table>(
      url,
      `SELECT c.relname AS name, c.relrowsecurity AS secured,
         EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
           AS "tenantColumn",
         coalesce((SELECT json_agg(json_build_object('name', polname, 'using', pg_get_expr(polqual, polrelid),
             'check', pg_get_expr(polwithcheck, polrelid), 'command', polcmd, 'roles', polroles::text))
           FROM pg_policy WHERE polrelid = c.oid), '[]') AS policies,
         array_remove(ARRAY[
           CASE WHEN has_table_privilege('${APP_ROLE}', c.oid, 'SELECT') THEN 'SELECT' END,
           CASE WHEN has_table_privilege('${APP_ROLE}', c.oid, 'INSERT') THEN 'INSERT' END,
           CASE WHEN has_table_privilege('${APP_ROLE}', c.oid, 'UPDATE') THEN 'UPDATE' END,
           CASE WHEN has_table_privilege('${APP_ROLE}', c.oid, 'DELETE') THEN 'DELETE' END,
           CASE WHEN has_table_privilege('${APP_ROLE}', c.oid, 'TRUNCATE') THEN 'TRUNCATE' END], NULL) AS rights
       FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       ORDER BY 1`,
    );

  /**
   * Answers are found by the hash of actor, endpoint and key, and are sealed. Attempts are counted for accounts that may
   * not exist, by hashes of their addresses, within whichever call is under way.
   */
  const WITHOUT_A_SCOPE = ['idempotency_keys', 'login_attempts'];

  /** Rows of no tenant that all of them may see: the realm that they share. */
  const ALSO_SEEN: Record<string, string[]> = { keycloak_realms: ['shared_realm'] };

  it('that the service can read is protected', async () => {
    const open = (await tables()).filter(({ rights, secured }) => rights.length > 0 && !secured);
    expect(open.map(({ name }) => name)).toEqual(WITHOUT_A_SCOPE);
  });

  it('that names a tenant shows its rows to that tenant’s scope and the platform’s, and to none else', async () => {
    const named = (await tables()).filter(({ tenantColumn, name }) => tenantColumn || name === 'tenants');
    expect(named.length).toBeGreaterThanOrEqual(3);
    for (const { name, secured, policies } of named) {
      const column = name === 'tenants' ? 'id' : 'tenant_id';
      const more = policies.filter((policy) => policy.name !== 'tenant_scope').map((policy) => policy.name);
      expect({ name, secured, more }).toEqual({ name, secured: true, more: ALSO_SEEN[name] ?? [] });
      // To be seen, not to be changed.
      expect(policies.every((policy) => policy.name === 'tenant_scope' || policy.command === 'r')).toBe(true);
      const { using, check, command } = policies.find((policy) => policy.name === 'tenant_scope')!;
      const setting = `current_setting('obstack.tenant'::text, true)`;
      expect(using.replace(/\s+/g, ' ').trim()).toBe(
        `CASE WHEN (${setting} = '*'::text) THEN true ELSE ((${column})::text = ${setting}) END`,
      );
      expect({ name, check, command }).toEqual({ name, check: null, command: '*' });
    }
  });

  it('can be truncated by nobody but its owner', async () => {
    expect((await tables()).filter(({ rights }) => rights.includes('TRUNCATE'))).toEqual([]);
  });
});

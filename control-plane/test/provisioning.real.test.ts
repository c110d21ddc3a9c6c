/** What a tenant has elsewhere, made and removed by workers that are real processes. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Provisioning, Step, Tenant } from '@obstack/contracts';
import { createLogger } from '@obstack/service-kit/logger';
import { connectDatabase } from '../src/db/connect.ts';
import { createS3Store } from '../src/objects/s3.ts';
import { expiredExports } from '../src/provisioning/offboarding/expired-exports.ts';
import { exportStore } from '../src/provisioning/offboarding/export-store.ts';
import { PASSWORD } from './control-plane.ts';
import { runSql } from './database.ts';
import { completeFor, type Elsewhere, REMAINS, SERVICES, type Service, startElsewhere } from './elsewhere.ts';
import { listObjects, putObjects, readObject } from './objects.ts';
import { SHORT_LEASE } from './worker.ts';

jest.setTimeout(300_000);

let at: Elsewhere;
beforeAll(async () => {
  at = await startElsewhere();
});
afterEach(async () => {
  await at.killWorkers();
  for (const gate of Object.values(at.gates)) gate.open();
});
afterAll(() => at.close());

const stepOf = ({ steps }: Provisioning, name: string): Step | undefined =>
  steps.find((step) => step.name === name);

describe('a new tenant', () => {
  it('gets all it has elsewhere at once, and is ready then', async () => {
    await at.startWorker();
    const tenant = await at.cp.createTenant('Straightforward');
    expect(tenant.state).toBe('provisioning');
    const { steps } = await at.untilReady(tenant.id);
    const applied = steps.filter(({ state }) => state !== 'skipped');
    expect(applied.map(({ name, state, attempts, reason }) => [name, state, attempts, reason])).toEqual([
      ['grafana', 'done', 1, null],
      ['opensearch', 'done', 1, null],
      ['s3', 'done', 1, null],
    ]);
    expect(await at.holdings(tenant)).toEqual(completeFor(tenant));
  });

  it('gets the app in its org where Grafana has it, and its datasource with it', async () => {
    at.grafana.hasApp = true;
    try {
      await at.startWorker();
      const tenant = await at.cp.createTenant('With the app');
      await at.untilReady(tenant.id);
      const org = at.grafana.orgs.find(({ name }) => name === 'With the app')!;
      const token = org.datasources.find(({ uid }) => uid === 'obstack-search')?.secureJsonData?.['token'];
      expect(token).toMatch(/^obq_/);
      expect(org.app).toEqual({
        enabled: true,
        pinned: true,
        jsonData: { proxyUrl: 'http://proxy.test:8080', controlPlaneUrl: 'http://control-plane.test:8081' },
        secureJsonData: { token },
      });
    } finally {
      at.grafana.hasApp = false;
    }
  });

  it('goes without what is not configured, and is told why', async () => {
    await at.startWorker({ GRAFANA_URL: '', OPENSEARCH_URL: '', S3_ENDPOINT: '' });
    const tenant = await at.cp.createTenant('Frugal');
    const { steps } = await at.untilReady(tenant.id);
    for (const { state, reason } of steps) expect([state, reason]).toEqual(['skipped', expect.any(String)]);
    expect((await at.holdings(tenant)).orgs).toEqual([]);
    // A worker that has it makes up for it.
    await at.killWorkers();
    await at.startWorker();
    const { id } = tenant;
    await at.until(id, (now) => now.state === 'ready' && stepOf(now, 'grafana')?.state === 'done');
    expect(await at.holdings(tenant)).toEqual(completeFor(tenant));
  });

  it('is brought up to date by a worker that has other addresses, and left alone by one that has the same', async () => {
    await at.startWorker();
    const tenant = await at.cp.createTenant('Moved');
    await at.untilReady(tenant.id);
    const urlOf = () => at.grafana.orgs.find(({ name }) => name === 'Moved')?.datasources[0]?.url;
    expect(urlOf()).toContain('http://proxy.test:8080');
    await at.killWorkers();
    const there = { PROXY_URL: 'http://elsewhere.test:8080' };
    await at.startWorker(there);
    while (!urlOf()?.startsWith('http://elsewhere.test:8080')) await delay(20);
    const { steps } = await at.untilReady(tenant.id);
    await at.killWorkers();
    await at.startWorker(there);
    await at.untilReady((await at.cp.createTenant('After the start')).id);
    expect((await at.untilReady(tenant.id)).steps).toEqual(steps);
    await at.killWorkers();
  });

  it('of another plan or name is brought up to date, and keeps its query token', async () => {
    await at.startWorker();
    const tenant = await at.cp.createTenant('Before');
    await at.untilReady(tenant.id);
    const tokens = () =>
      runSql(at.cp.databaseUrl, "SELECT id FROM credentials WHERE tenant_id = $1 AND kind = 'query-token'", [
        tenant.id,
      ]);
    const before = await tokens();
    await at.cp.request('PATCH', `/api/v1/tenants/${tenant.id}`, {
      body: { name: 'After', plan: 'enterprise' },
    });
    await at.untilReady(tenant.id);
    expect(await at.holdings({ ...tenant, name: 'After' })).toEqual(completeFor({ name: 'After' }));
    expect(await tokens()).toEqual(before);
  });

  it('whose Grafana token was revoked by hand gets another', async () => {
    await at.startWorker();
    const tenant = await at.cp.createTenant('Revoker');
    await at.untilReady(tenant.id);
    const secretOf = () =>
      at.grafana.orgs.find(({ name }) => name === 'Revoker')?.datasources[0]?.secureJsonData?.[
        'httpHeaderValue1'
      ];
    const before = secretOf();
    const revoke = 'UPDATE credentials SET revoked_at = now() WHERE tenant_id = $1';
    await runSql(at.cp.databaseUrl, revoke, [tenant.id]);
    await at.cp.request('PATCH', `/api/v1/tenants/${tenant.id}`, { body: { plan: 'saas' } });
    await at.untilReady(tenant.id);
    expect(secretOf()).toMatch(/^Bearer obq_/);
    expect(secretOf()).not.toBe(before);
    expect(await at.holdings(tenant)).toEqual(completeFor(tenant));
  });

  it('does not get the org of one that had its name before', async () => {
    await at.startWorker(SHORT_LEASE);
    const first = await at.cp.createTenant('Sought after');
    await at.untilReady(first.id);
    // Its new name has not reached Grafana yet when another tenant takes the old one.
    at.gates.grafana.shut();
    await at.cp.request('PATCH', `/api/v1/tenants/${first.id}`, { body: { name: 'Moved on' } });
    const second = await at.cp.createTenant('Sought after');
    await at.killWorkers();
    // The second one first.
    await runSql(
      at.cp.databaseUrl,
      `UPDATE provisioning_steps SET due_at = now() + interval '3 seconds' WHERE tenant_id = '${first.id}'`,
    );
    at.gates.grafana.open();
    await at.startWorker();
    await Promise.all([first, second].map(({ id }) => at.untilReady(id)));
    const orgs = at.grafana.orgs.filter(({ address }) => [first.id, second.id].includes(address.address1));
    expect(orgs.map(({ name, address }) => [address.address1 === first.id, name]).sort()).toEqual([
      [false, `Sought after (${second.id.slice(0, 8)})`],
      [true, 'Moved on'],
    ]);
  });

  it('does not take over the org that has its number in a Grafana made anew', async () => {
    await at.startWorker();
    const tenant = await at.cp.createTenant('Numbered');
    await at.untilReady(tenant.id);
    const org = at.grafana.orgs.find(({ name }) => name === 'Numbered')!;
    Object.assign(org, { name: 'Somebody else’s', address: { address1: '' } });
    await at.cp.request('PATCH', `/api/v1/tenants/${tenant.id}`, { body: { plan: 'saas' } });
    await at.untilReady(tenant.id);
    expect(org.name).toBe('Somebody else’s');
    expect(await at.holdings(tenant)).toEqual(completeFor(tenant));
  });
});

describe('services that are away', () => {
  const orders = SERVICES.flatMap((a) =>
    SERVICES.filter((b) => b !== a).map((b) => [a, b, SERVICES.find((c) => c !== a && c !== b)!] as const),
  );

  it.each(orders)('and come back as %s, %s, %s', async (...order) => {
    for (const gate of Object.values(at.gates)) gate.shut();
    await at.startWorker();
    const tenant = await at.cp.createTenant(`Back as ${order.join(', ')}`);
    const says: Record<Service, RegExp> = {
      grafana: /^Grafana cannot be reached/,
      opensearch: /^OpenSearch cannot be reached/,
      s3: /^S3 cannot be reached/,
    };
    for (const service of order) {
      await at.until(tenant.id, (now) => stepOf(now, service)?.state === 'failed');
      const failed = stepOf(await at.until(tenant.id, (now) => !!stepOf(now, service)?.reason), service);
      expect(failed).toMatchObject({ reason: expect.stringMatching(says[service]) });
      at.gates[service].open();
      await at.until(tenant.id, (now) => stepOf(now, service)?.state === 'done');
    }
    await at.untilReady(tenant.id);
    expect(await at.holdings(tenant)).toEqual(completeFor(tenant));
  });

  it('are met less and less often', async () => {
    at.gates.grafana.shut();
    await at.startWorker({ WORKER_RETRY_SECONDS: '0.1' });
    const tenant = await at.cp.createTenant('Patient');
    const pauses: number[] = [];
    for (let attempts = 1; attempts <= 5; attempts += 1) {
      const now = await at.until(tenant.id, (is) => {
        const step = stepOf(is, 'grafana');
        return step?.state === 'failed' && step.attempts >= attempts;
      });
      const step = stepOf(now, 'grafana')!;
      attempts = step.attempts;
      pauses.push(Date.parse(step.nextAttemptAt!) - Date.parse(step.finishedAt!));
    }
    expect(pauses.at(-1)).toBeGreaterThan(2 * pauses[0]!);
    at.gates.grafana.open();
    await at.cp.request('POST', `/api/v1/tenants/${tenant.id}/provisioning/retry`);
    await at.untilReady(tenant.id);
  });
});

describe('several workers', () => {
  it('share the work, and do nothing twice', async () => {
    const workers = await Promise.all([1, 2, 3].map(() => at.startWorker({ WORKER_SLOTS: '1' })));
    const tenants = await Promise.all(
      Array.from({ length: 12 }, (_, n) => at.cp.createTenant(`Shared ${n}`)),
    );
    for (const { id } of tenants) {
      const { steps } = await at.untilReady(id);
      expect(steps.map(({ attempts }) => attempts)).toEqual(steps.map(() => 1));
    }
    for (const tenant of tenants) expect(await at.holdings(tenant)).toEqual(completeFor(tenant));
    for (const worker of workers) expect(worker.output()).toContain('step ended');
  });

  it('take over from one that is frozen, which does no harm when it comes to', async () => {
    const frozen = await at.startWorker(SHORT_LEASE);
    const stalled = at.gates.grafana.stallAt(4, 'after');
    const tenant = await at.cp.createTenant('Frozen');
    await stalled;
    process.kill(frozen.pid, 'SIGSTOP');
    at.gates.grafana.open();
    await at.startWorker();
    const { steps } = await at.untilReady(tenant.id);
    // By the other one, which on a busy machine may need more than one attempt, too.
    expect(steps.find(({ name }) => name === 'grafana')?.attempts).toBeGreaterThanOrEqual(2);
    process.kill(frozen.pid, 'SIGCONT');
    while (!frozen.output().includes('the lease was lost')) await delay(50);
    expect(await at.holdings(tenant)).toEqual(completeFor(tenant));
    expect((await at.untilReady(tenant.id)).steps).toEqual(steps);
  });

  it('that are asked to stop leave at once, and their step to others', async () => {
    const asked = await at.startWorker();
    const stalled = at.gates.s3.stallAt(0, 'before');
    const tenant = await at.cp.createTenant('Handed on');
    await stalled;
    expect(await asked.stop()).toBe(0);
    at.gates.s3.open();
    expect(stepOf(await at.until(tenant.id, () => true), 's3')?.state).toBe('pending');
    await at.startWorker();
    await at.untilReady(tenant.id);
  });
});

describe('a tenant that leaves', () => {
  /**
   * Ids that begin alike, and other keys that only look as if they were the tenant's. Not the bare id: MinIO shows nothing
   * below a key that is an object itself.
   */
  const neighbours = ({ id }: Tenant) => [
    `${id}0/blocks/1`,
    `${id}-copy/blocks/1`,
    `${id.slice(0, -1)}/blocks/1`,
    `${id.slice(0, 8)}/${id}/blocks/1`,
    `${id.toUpperCase()}/blocks/1`,
    `other/${id}/export/1`,
  ];

  it('leaves an export without secrets, and takes nothing of another with it', async () => {
    await at.startWorker();
    const [tenant, other] = await Promise.all(['Leaver', 'Stayer'].map((name) => at.cp.createTenant(name)));
    await Promise.all([tenant!, other!].map(({ id }) => at.untilReady(id)));
    const key = await at.cp.createKey(tenant!.id, { name: 'agents' });
    const user = await at.cp.createUser(tenant!.id, 'leaver@leaver.example', ['admin']);
    for (const { id } of [tenant!, other!]) {
      await at.opensearch(`/obstack-logs-${id}-2026.11/_doc`, 'POST', { body: 'a line' });
      await putObjects(at.s3, [`${id}/blocks/1`, `${id}/exported/1`]);
    }
    const kept = [...neighbours(tenant!), `${other!.id}/blocks/1`, `${other!.id}/exported/1`];
    await putObjects(at.s3, neighbours(tenant!));

    await at.remove(tenant!);
    await at.untilGone(tenant!.id);
    expect(await at.holdings(tenant!)).toEqual(REMAINS);
    const left = await listObjects(at.s3);
    expect(left).toEqual(expect.arrayContaining(kept));
    expect(await at.holdings(other!)).toMatchObject({
      ...completeFor(other!),
      indices: 1,
      objects: expect.anything(),
    });

    const lines = async (name: string) =>
      (await readObject(at.s3, `${tenant!.id}/export/${name}.ndjson`)).trim().split('\n');
    expect(JSON.parse((await lines('tenant'))[0]!)).toMatchObject({ id: tenant!.id, name: 'Leaver' });
    expect((await lines('users')).map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([user.id]);
    expect((await lines('keys')).join()).toContain(key.key.id);
    const actions = (await lines('audit-events')).map(
      (line) => (JSON.parse(line) as { action: string }).action,
    );
    expect(actions).toEqual(expect.arrayContaining(['createIngestionKey', 'createUser', 'deleteTenant']));
    const all = (await Promise.all(['tenant', 'users', 'keys', 'roles', 'audit-events'].map(lines)))
      .flat()
      .join();
    expect(all).not.toMatch(/argon2|[0-9a-f]{64}/);
    expect(all).not.toContain(key.secret);
    expect(all).not.toContain(PASSWORD);

    const rows = await runSql(
      at.cp.databaseUrl,
      `SELECT table_name FROM information_schema.columns
       WHERE column_name = 'tenant_id' AND table_schema = 'public'`,
    );
    const tables = rows.map((row) => (row as { table_name: string }).table_name);
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables.filter((name) => !['audit_events', 'tenant_exports'].includes(name))) {
      const found = await runSql(at.cp.databaseUrl, `SELECT FROM ${table} WHERE tenant_id = '${tenant!.id}'`);
      expect([table, found.length]).toEqual([table, 0]);
    }
    const audit = 'SELECT action FROM audit_events WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT 1';
    expect(await runSql(at.cp.databaseUrl, audit, [tenant!.id])).toEqual([{ action: 'eraseTenant' }]);
  });

  it('is erased wholly once its export has been kept for long enough, and nothing beside it', async () => {
    await at.startWorker({ EXPORT_KEEP_DAYS: '0' });
    const tenant = await at.cp.createTenant('Forgotten');
    await at.untilReady(tenant.id);
    await putObjects(at.s3, neighbours(tenant));
    await at.remove(tenant);
    await at.untilGone(tenant.id);
    const logger = createLogger({ name: 'test', level: 'silent' });
    const db = connectDatabase(at.cp.databaseUrl, logger);
    const { S3_ENDPOINT = '', S3_BUCKET = '', S3_ACCESS_KEY = '', S3_SECRET_KEY = '' } = at.s3;
    const settings = { bucket: S3_BUCKET, accessKey: S3_ACCESS_KEY, secretKey: S3_SECRET_KEY };
    const objects = createS3Store({ endpoint: S3_ENDPOINT, region: 'us-east-1', ...settings });
    await expiredExports({ db, exports: exportStore, objects }).run(new AbortController().signal);
    await db.close();
    const left = await listObjects(at.s3);
    expect(left.filter((key) => key.startsWith(`${tenant.id}/`))).toEqual([]);
    expect(left).toEqual(expect.arrayContaining(neighbours(tenant)));
  });

  it('while it is still being made leaves nothing behind', async () => {
    const worker = await at.startWorker(SHORT_LEASE);
    const stalled = at.gates.grafana.stallAt(1, 'after');
    const tenant = await at.cp.createTenant('Short-lived');
    await stalled;
    await at.remove(tenant);
    await worker.kill();
    at.gates.grafana.open();
    await at.startWorker();
    await at.untilGone(tenant.id);
    expect(await at.holdings(tenant)).toEqual(REMAINS);
  });

  it('is exported into a folder where there is no S3', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'obstack-exports-'));
    await at.startWorker({ S3_ENDPOINT: '', EXPORT_DIR: folder });
    const tenant = await at.cp.createTenant('Filed');
    await at.untilReady(tenant.id);
    await at.remove(tenant);
    await at.untilGone(tenant.id);
    const names = REMAINS.objects.map((name) => name.replace('export/', ''));
    expect((await readdir(join(folder, tenant.id, 'export'))).sort()).toEqual(names);
    const manifest = await readFile(join(folder, tenant.id, 'export/manifest.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({ tenantId: tenant.id, rows: { tenant: 1, users: 0 } });
    await rm(folder, { recursive: true });
  });
});

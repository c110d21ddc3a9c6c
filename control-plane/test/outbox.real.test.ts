/** What the tables of the outbox and of the jobs promise to workers side by side. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@obstack/service-kit/logger';
import { createMetrics } from '@obstack/service-kit/metrics';
import { connectDatabase, type Database } from '../src/db/connect.ts';
import { tenantStore } from '../src/features/tenants/tenants-store.ts';
import { makeTenant } from '../src/features/tenants/tenants-service.ts';
import { jobsStore } from '../src/jobs/jobs-store.ts';
import { runJobs } from '../src/jobs/run-jobs.ts';
import { createProvisioning } from '../src/provisioning/provisioning.ts';
import { type ClaimedStep, provisioningStore as store } from '../src/provisioning/provisioning-store.ts';
import { reconcileSteps } from '../src/provisioning/reconcile.ts';
import type { ProvisioningStep, StepContext } from '../src/provisioning/step.ts';
import { createStepWorker, type StepWorker } from '../src/provisioning/step-worker.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';

let postgres: TestPostgres;
let url = '';
let db: Database;
const logger = createLogger({ name: 'test', level: 'silent' });

beforeAll(async () => {
  postgres = await startTestPostgres();
});
beforeEach(async () => {
  if (url) await db.close();
  url = await postgres.migratedDatabase();
  db = connectDatabase(url, logger);
});
afterAll(async () => {
  await db.close();
  await postgres.stop();
});

function step(name: string, options: Partial<ProvisioningStep> = {}): ProvisioningStep {
  return {
    name,
    title: name,
    after: [],
    skipped: () => null,
    apply: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    ...options,
  };
}

let made = 0;
async function tenantWith(steps: ProvisioningStep[]): Promise<string> {
  const provisioning = createProvisioning(steps, store);
  const deps = { tenants: tenantStore, provisioning };
  const tenant = await db.begin('platform', (tx) => makeTenant(tx, deps, { name: `Tenant ${++made}` }));
  return tenant.id;
}

const claim = (leaseMs = 60_000) => db.begin('platform', (tx) => store.claim(tx, leaseMs));
const finish = (claimed: ClaimedStep, end: Parameters<typeof store.finish>[2] = { state: 'done' }) =>
  db.begin('platform', (tx) => store.finish(tx, claimed, end));
const list = (tenantId: string) => db.begin({ tenantId }, (tx) => store.list(tx, tenantId));
const stateOf = async (tenantId: string) =>
  (await db.begin('platform', (tx) => tenantStore.find(tx, tenantId)))?.state;

describe('a step', () => {
  it('is had by one of many who ask at once', async () => {
    await tenantWith(['a', 'b', 'c'].map((name) => step(name)));
    const claimed = await Promise.all(Array.from({ length: 8 }, () => claim()));
    expect(claimed.flatMap((one) => one?.name ?? []).sort()).toEqual(['a', 'b', 'c']);
  });

  it('comes after those it depends on, be they done or skipped', async () => {
    await tenantWith([step('c', { after: ['a', 'b'] }), step('b', { after: ['a'] }), step('a')]);
    const order: string[] = [];
    for (let next = await claim(); next; next = await claim()) {
      expect(await claim()).toBeUndefined();
      order.push(next.name);
      await finish(next, next.name === 'a' ? { state: 'skipped', reason: 'no need' } : { state: 'done' });
    }
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('whose worker is not heard of is another’s after the lease, and no longer the first one’s', async () => {
    const tenantId = await tenantWith([step('a')]);
    const dead = (await claim(200))!;
    expect(await claim()).toBeUndefined();
    let taken: ClaimedStep | undefined;
    while (!taken) taken = await claim();
    expect(taken).toMatchObject({ name: 'a', attempts: 2 });
    expect(await db.begin('platform', (tx) => store.renew(tx, dead, 60_000))).toBe(false);
    expect(await finish(dead)).toBe(false);
    expect((await list(tenantId))[0]?.state).toBe('running');
    expect(await finish(taken)).toBe(true);
    expect((await list(tenantId))[0]).toMatchObject({ state: 'done', attempts: 2 });
  });

  it('stays its worker’s for as long as the lease is renewed', async () => {
    await tenantWith([step('a')]);
    const held = (await claim(2000))!;
    const end = Date.now() + 3000;
    while (Date.now() < end) {
      expect(await db.begin('platform', (tx) => store.renew(tx, held, 2000))).toBe(true);
      expect(await claim()).toBeUndefined();
    }
  });

  it('wanted anew while it runs is done once more', async () => {
    const steps = [step('a')];
    const tenantId = await tenantWith(steps);
    const first = (await claim())!;
    await db.begin({ tenantId }, (tx) => createProvisioning(steps, store).arrive(tx, tenantId));
    expect(await claim()).toBeUndefined();
    await finish(first);
    expect((await list(tenantId))[0]).toMatchObject({ state: 'pending', attempts: 0 });
    await finish((await claim())!);
    expect((await list(tenantId))[0]?.state).toBe('done');
  });

  it('that failed waits for its time', async () => {
    const tenantId = await tenantWith([step('a')]);
    await finish((await claim())!, { state: 'failed', reason: 'away', retryInMs: 1500 });
    expect(await claim()).toBeUndefined();
    expect((await list(tenantId))[0]).toMatchObject({ state: 'failed', reason: 'away' });
    const failed = Date.now();
    while (!(await claim()));
    expect(Date.now() - failed).toBeGreaterThan(1000);
  });
});

describe('a worker', () => {
  let worker: StepWorker;
  const options = { leaseMs: 2000, firstRetryMs: 20, slots: 4, runMs: 10_000 };
  const start = (steps: ProvisioningStep[], more: Partial<typeof options> = {}) =>
    (worker = createStepWorker(
      { db, tenants: tenantStore, store, steps, logger, metrics: createMetrics({ process: false }) },
      { ...options, ...more },
    ));

  it('makes a tenant ready when its last steps end at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      let allBegun: (() => void) | undefined;
      const together = new Promise<void>((resolve) => (allBegun = resolve));
      let begun = 0;
      const apply = () => {
        if (++begun === 4) allBegun?.();
        return together;
      };
      const steps = ['a', 'b', 'c', 'd'].map((name) => step(name, { apply }));
      const tenantId = await tenantWith(steps);
      start(steps).wake();
      while ((await stateOf(tenantId)) !== 'ready');
      await worker.close();
    }
  });

  it('tells why a step failed, without secrets, and tries again', async () => {
    let attempts = 0;
    let tell: (() => void) | undefined;
    const told = new Promise<void>((resolve) => (tell = resolve));
    const steps = [
      step('a', {
        apply: async () => {
          attempts += 1;
          if (attempts < 3) throw new Error('https://user:hidden@host refused: Bearer hidden-hidden-hidden');
          tell?.();
          await Promise.resolve();
        },
      }),
    ];
    const tenantId = await tenantWith(steps);
    start(steps).wake();
    let reason: string | null | undefined;
    while (!reason) {
      worker.wake();
      reason = (await list(tenantId))[0]?.reason;
    }
    expect(reason).toContain('refused');
    expect(reason).not.toContain('hidden');
    const nudge = setInterval(() => worker.wake(), 20);
    await told;
    clearInterval(nudge);
    await worker.close();
    expect((await list(tenantId))[0]).toMatchObject({ state: 'done', attempts: 3, reason: null });
  });

  it('gives back at once what it has not ended when it stops', async () => {
    let begun: (() => void) | undefined;
    const running = new Promise<void>((resolve) => (begun = resolve));
    const endless = step('a', {
      apply: ({ signal }: StepContext) => {
        begun?.();
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    const tenantId = await tenantWith([endless]);
    start([endless]).wake();
    await running;
    await worker.close(50);
    expect((await list(tenantId))[0]).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await claim()).toMatchObject({ name: 'a' });
  });

  it('lets go of a step that never ends', async () => {
    const deaf = step('a', { apply: () => new Promise(() => undefined) });
    const tenantId = await tenantWith([deaf]);
    start([deaf], { runMs: 100 }).wake();
    while ((await list(tenantId))[0]?.state !== 'failed');
    await worker.close();
  });

  it('keeps a step for longer than one lease', async () => {
    let runs = 0;
    let release: (() => void) | undefined;
    const slow = step('a', {
      apply: () => {
        runs += 1;
        return new Promise<void>((resolve) => (release = resolve));
      },
    });
    const tenantId = await tenantWith([slow]);
    start([slow]).wake();
    const end = Date.now() + 1.5 * options.leaseMs;
    while (Date.now() < end) expect(await claim()).toBeUndefined();
    release?.();
    while ((await stateOf(tenantId)) !== 'ready');
    await worker.close();
    expect(runs).toBe(1);
  });

  it('skips a step that this version does not know', async () => {
    const tenantId = await tenantWith([step('from the future')]);
    start([]).wake();
    while ((await stateOf(tenantId)) !== 'ready');
    await worker.close();
    expect((await list(tenantId))[0]).toMatchObject({ state: 'skipped' });
  });
});

describe('a new configuration', () => {
  it('gives tenants what they went without, and touches nothing else', async () => {
    const without = step('b', { skipped: () => 'not configured' });
    const tenantId = await tenantWith([step('a'), without]);
    const deps = { db, tenants: tenantStore, store };
    const worker = createStepWorker(
      { ...deps, steps: [step('a'), without], logger, metrics: createMetrics({ process: false }) },
      { leaseMs: 2000, firstRetryMs: 20, slots: 4, runMs: 10_000 },
    );
    worker.wake();
    while ((await stateOf(tenantId)) !== 'ready');
    await worker.close();

    await reconcileSteps(deps, [step('a'), without]);
    expect(await stateOf(tenantId)).toBe('ready');
    await reconcileSteps(deps, [step('a'), step('b'), step('c')]);
    expect((await list(tenantId)).map(({ name, state }) => [name, state]).sort()).toEqual([
      ['a', 'done'],
      ['b', 'pending'],
      ['c', 'pending'],
    ]);
    expect(await stateOf(tenantId)).toBe('provisioning');
  });
});

describe('a periodic job', () => {
  it('is run by one of several workers, and comes round again', async () => {
    const begin = <T>(work: (tx: Parameters<typeof jobsStore.take>[0]) => Promise<T>) =>
      db.begin('platform', work);
    await Promise.all([1, 2].map(() => begin((tx) => jobsStore.add(tx, ['clear up']))));
    const take = () => begin((tx) => jobsStore.take(tx, 'clear up', 2000));
    const taken = await Promise.all(Array.from({ length: 6 }, take));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const start = Date.now();
    while (!(await take()));
    expect(Date.now() - start).toBeGreaterThan(500);
  });

  it('that fails does not keep the next from running', async () => {
    let ran: (() => void) | undefined;
    const second = new Promise<void>((resolve) => (ran = resolve));
    const jobs = runJobs({ db, store: jobsStore, logger }, [
      { name: 'fails', everyMs: 60_000, run: () => Promise.reject(new Error('no')) },
      { name: 'runs', everyMs: 60_000, run: () => Promise.resolve(ran?.()) },
    ]);
    await second;
    await jobs.close();
    const rows = await runSql<{ name: string }>(url, 'SELECT name FROM periodic_jobs WHERE due_at > now()');
    expect(rows.map(({ name }) => name).sort()).toEqual(['fails', 'runs']);
  });
});

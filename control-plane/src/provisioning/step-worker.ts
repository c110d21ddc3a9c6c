/**
 * Takes one step after another from the outbox and runs it. Any number of workers may do so side by side: what one
 * has leased no other takes, until it has not been heard of for the length of a lease.
 */
import { setInterval } from 'node:timers/promises';
import type { Logger } from '@obstack/service-kit/logger';
import type { Metrics } from '@obstack/service-kit/metrics';
import type { Database } from '../db/connect.ts';
import { present } from '../features/tenants/tenants-service.ts';
import type { TenantStore } from '../features/tenants/tenants-store.ts';
import type { ClaimedStep, ProvisioningStore, StepEnd } from './provisioning-store.ts';
import { reasonOf } from './reason.ts';
import { retryDelay } from './retry-delay.ts';
import type { ProvisioningStep, StepContext } from './step.ts';

export interface StepWorkerOptions {
  /** A worker that has not renewed its lease for this long is taken for dead. */
  leaseMs: number;
  /** The longest pause before the second attempt. */
  firstRetryMs: number;
  /** How many steps run at once. */
  slots: number;
  /** The longest that one run may take. */
  runMs: number;
}

export interface StepWorkerDeps {
  db: Database;
  tenants: TenantStore;
  store: ProvisioningStore;
  /** Those of every tenant, and those of one that leaves. */
  steps: readonly ProvisioningStep[];
  logger: Logger;
  metrics: Metrics;
}

export interface StepWorker {
  /** There may be something to do. */
  wake(): void;
  /** Takes no more, and gives back what does not end within `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

export function createStepWorker(deps: StepWorkerDeps, options: StepWorkerOptions): StepWorker {
  const { db, tenants, store, logger } = deps;
  const steps = new Map(deps.steps.map((step) => [step.name, step]));
  const running = new Set<Promise<void>>();
  const closing = new AbortController();
  const closed = () => closing.signal.aborted;
  let accepting = true;
  let filling: Promise<void> | undefined;
  let wokenMeanwhile = false;

  const runs = deps.metrics.counter({
    name: 'obstack_provisioning_runs_total',
    help: 'Runs of provisioning steps, by step and how they ended',
    labelNames: ['step', 'action', 'end'],
  });

  function wake(): void {
    if (!accepting) return;
    wokenMeanwhile = true;
    filling ??= fill()
      // The database is away; the next beat comes.
      .catch((err: unknown) => logger.warn({ err }, 'cannot look for work'))
      .finally(() => (filling = undefined));
  }

  /** Claims until every slot is taken or nothing is due. */
  async function fill(): Promise<void> {
    while (wokenMeanwhile) {
      wokenMeanwhile = false;
      while (accepting && running.size < options.slots) {
        const step = await db.begin('platform', (tx) => store.claim(tx, options.leaseMs));
        if (!step) break;
        const run = runLeased(step).finally(() => {
          running.delete(run);
          wake();
        });
        running.add(run);
      }
    }
  }

  async function runLeased(step: ClaimedStep): Promise<void> {
    const log = logger.child({ tenantId: step.tenant_id, step: step.name, action: step.action });
    const run = new AbortController();
    const signal = AbortSignal.any([run.signal, closing.signal, AbortSignal.timeout(options.runMs)]);
    const heart = keepLease(step, run, log);
    let end: StepEnd;
    try {
      end = await perform(step, { logger: log, signal });
    } catch (error) {
      end = {
        state: 'failed',
        reason: reasonOf(error),
        retryInMs: retryDelay(step.attempts, options.firstRetryMs),
      };
      log.warn({ err: error, attempts: step.attempts, retryInMs: end.retryInMs }, 'step failed');
    } finally {
      heart.stop();
    }
    await settle(step, end, log);
  }

  async function perform(step: ClaimedStep, call: Pick<StepContext, 'logger' | 'signal'>): Promise<StepEnd> {
    const scope = { tenantId: step.tenant_id };
    const row = await db.begin(scope, (tx) => tenants.find(tx, step.tenant_id));
    if (!row) return { state: 'done' };
    const tenant = present(row);
    const known = steps.get(step.name);
    if (!known) return { state: 'skipped', reason: 'This version does not know this step.' };
    const reason = known.skipped(tenant, step.action);
    if (reason !== null) return { state: 'skipped', reason };
    // Of before: what changes meanwhile is for the next run.
    const edition = (step.action === 'apply' && (await known.edition?.())) || null;
    const run = known[step.action]({ ...call, tenant, begin: (work) => db.begin(scope, work) });
    await Promise.race([run, aborted(call.signal)]);
    return { state: 'done', edition };
  }

  /** In one transaction with what follows from it: the last step makes the tenant ready. */
  async function settle(step: ClaimedStep, end: StepEnd, log: Logger): Promise<void> {
    const { tenant_id: tenantId, name, action } = step;
    try {
      const kept = await db.begin({ tenantId }, async (tx) => {
        // One at a time for each tenant, or two last steps would each miss that the other is done.
        const tenant = await tenants.findForUpdate(tx, tenantId);
        if (!tenant) return true;
        if (closed() && end.state === 'failed') {
          await store.release(tx, step);
          return true;
        }
        if (!(await store.finish(tx, step, end))) return false;
        if (tenant.state === 'provisioning' && (await store.allSettled(tx, tenantId))) {
          await tenants.update(tx, tenantId, { state: 'ready' });
          log.info('the tenant is ready');
        }
        return true;
      });
      if (kept) log.info({ end: end.state, attempts: step.attempts }, 'step ended');
      else log.warn('the lease was lost: another worker has this step');
      runs.inc({ step: name, action, end: end.state });
    } catch (err) {
      // It is taken up again when the lease is over.
      log.warn({ err }, 'cannot write down how the step ended');
    }
  }

  /** Renews the lease until stopped, and aborts the run once the step may be another's. */
  function keepLease(step: ClaimedStep, run: AbortController, log: Logger): { stop(): void } {
    const stop = new AbortController();
    const expire = () => run.abort(new Error('the lease could not be renewed in time'));
    let expiry = setTimeout(expire, options.leaseMs);
    const beat = async () => {
      for await (const _ of setInterval(options.leaseMs / 4, undefined, { signal: stop.signal })) {
        const asked = Date.now();
        try {
          const renewed = await db.begin('platform', (tx) => store.renew(tx, step, options.leaseMs));
          clearTimeout(expiry);
          if (!renewed) return run.abort(new Error('another worker has taken this step'));
          expiry = setTimeout(expire, asked + options.leaseMs - Date.now());
        } catch (err) {
          log.warn({ err }, 'cannot renew the lease');
        }
      }
    };
    // Ends by the stop, and only so.
    beat().catch(() => undefined);
    return {
      stop() {
        stop.abort();
        clearTimeout(expiry);
      },
    };
  }

  return {
    wake,
    async close(graceMs = 5000) {
      accepting = false;
      await filling;
      const cut = setTimeout(() => closing.abort(new Error('the worker is stopping')), graceMs);
      await Promise.all(running);
      clearTimeout(cut);
    },
  };
}

/** Never resolves; rejects when the signal is given. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = () => reject(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

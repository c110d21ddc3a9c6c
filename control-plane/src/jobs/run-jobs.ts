/** Runs each periodic job when it is due; of several workers, one does. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@obstack/service-kit/logger';
import type { Database } from '../db/connect.ts';
import type { JobsStore } from './jobs-store.ts';
import type { PeriodicJob } from './periodic-job.ts';

/** How often to look whether one is due. */
const LOOK_MS = 5000;

export function runJobs(
  deps: { db: Database; store: JobsStore; logger: Logger },
  jobs: readonly PeriodicJob[],
): { close(): Promise<void> } {
  const { db, store, logger } = deps;
  const stop = new AbortController();
  const done = keepRunning();

  async function keepRunning(): Promise<void> {
    let known = false;
    while (!stop.signal.aborted) {
      try {
        if (!known)
          await db.begin('platform', (tx) =>
            store.add(
              tx,
              jobs.map(({ name }) => name),
            ),
          );
        known = true;
        for (const job of jobs) await runIfDue(job);
      } catch (err) {
        // The database is away.
        logger.warn({ err }, 'cannot look for jobs');
      }
      const pause = Math.min(LOOK_MS, ...jobs.map(({ everyMs }) => everyMs));
      await delay(pause, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  async function runIfDue(job: PeriodicJob): Promise<void> {
    const { name, everyMs } = job;
    if (stop.signal.aborted) return;
    if (!(await db.begin('platform', (tx) => store.take(tx, name, everyMs)))) return;
    try {
      await job.run(stop.signal);
      logger.debug({ job: name }, 'job done');
    } catch (err) {
      logger.error({ err, job: name }, 'job failed');
    }
  }

  return {
    async close() {
      stop.abort();
      await done;
    },
  };
}

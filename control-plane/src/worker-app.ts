/** Wires the worker together: it does what the API's transactions ask for outside of the database. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpApp } from '@obstack/service-kit/http-app';
import type { Logger } from '@obstack/service-kit/logger';
import { createMetrics, type Metrics } from '@obstack/service-kit/metrics';
import { closeServer, createShutdown } from '@obstack/service-kit/shutdown';
import { Router } from 'express';
import type { WorkerConfig } from './config.ts';
import { connectDatabase } from './db/connect.ts';
import { listen } from './db/listen.ts';
import { migrate } from './db/migrate.ts';
import { probeRoutes } from './features/health/health-routes.ts';
import { tenantStore } from './features/tenants/tenants-store.ts';
import { periodicJobs } from './jobs/jobs.ts';
import { jobsStore } from './jobs/jobs-store.ts';
import { runJobs } from './jobs/run-jobs.ts';
import { PROVISIONING_DUE_CHANNEL, provisioningStore } from './provisioning/provisioning-store.ts';
import { reconcileSteps } from './provisioning/reconcile.ts';
import { createStepWorker } from './provisioning/step-worker.ts';
import { arrivalSteps, offboardingSteps } from './provisioning/steps.ts';

/** How often to look for steps whose next attempt, or whose dead worker's lease, has come due. */
const BEAT_MS = 500;
const RUN_MS = 5 * 60_000;

export interface Worker {
  /** Base URL of its probes and metrics. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Migrates the database and begins to work. Rejects, with nothing left open, when it cannot. */
export async function createWorker(config: WorkerConfig, logger: Logger): Promise<Worker> {
  const shutdown = createShutdown({ logger });
  try {
    const applied = await migrate(config.DATABASE_URL);
    if (applied.length) logger.info({ applied }, 'migrated the database');
    const db = connectDatabase(config.DATABASE_URL, logger);
    shutdown.add('database', () => db.close());

    const metrics = createMetrics();
    const steps = arrivalSteps(config, db);
    await reconcileSteps({ db, tenants: tenantStore, store: provisioningStore }, steps);
    const worker = createStepWorker(
      {
        db,
        tenants: tenantStore,
        store: provisioningStore,
        steps: [...steps, ...offboardingSteps(config)],
        logger,
        metrics,
      },
      {
        leaseMs: config.WORKER_LEASE_SECONDS * 1000,
        firstRetryMs: config.WORKER_RETRY_SECONDS * 1000,
        slots: config.WORKER_SLOTS,
        runMs: RUN_MS,
      },
    );
    shutdown.add('steps', () => worker.close());
    let isListening = false;
    const listener = listen({
      databaseUrl: config.DATABASE_URL,
      channel: PROVISIONING_DUE_CHANNEL,
      beatMs: BEAT_MS,
      logger,
      handlers: {
        onListening: () => {
          isListening = true;
          worker.wake();
        },
        onBeat: () => worker.wake(),
        onNotify: () => worker.wake(),
        onLost: () => (isListening = false),
      },
    });
    shutdown.add('listener', () => listener.close());
    const jobs = runJobs({ db, store: jobsStore, logger }, periodicJobs(db, config, logger));
    shutdown.add('jobs', () => jobs.close());

    const isReady = async () => {
      await db.ping();
      return isListening;
    };
    const app = createHttpApp({ logger, metrics, routers: [probeRoutes(isReady), metricsRoute(metrics)] });
    const server = createServer({ requestTimeout: 30_000 }, app);
    const { host, port } = config.WORKER_LISTEN;
    await once(server.listen(port, host), 'listening');
    shutdown.add('http server', () => closeServer(server));
    const { port: listening } = server.address() as AddressInfo;
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${listening}`;
    logger.info({ url, steps: steps.map(({ name }) => name) }, 'the worker is at work');
    return { url, close: () => shutdown.run() };
  } catch (error) {
    // What cannot be closed has been logged; why the start failed matters more.
    await shutdown.run().catch(() => undefined);
    throw error;
  }
}

/** On a listener that is not published, as the proxy's is. */
function metricsRoute(metrics: Metrics): Router {
  const router = Router();
  router.get('/metrics', async (_request, response) => {
    response.set('content-type', metrics.contentType).send(await metrics.render());
  });
  return router;
}

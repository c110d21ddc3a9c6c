/** Wires control-plane together; the only file that knows which part is made of what. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ingestionKeys, queryTokens } from '@obstack/contracts';
import { IDENTITY_PING_INTERVAL_MS } from '@obstack/contracts/internal';
import { createEndpointRouter } from '@obstack/service-kit/endpoint';
import { createHttpApp } from '@obstack/service-kit/http-app';
import { createLogger, type Logger } from '@obstack/service-kit/logger';
import { createMetrics } from '@obstack/service-kit/metrics';
import { closeServer, createShutdown } from '@obstack/service-kit/shutdown';
import type { ControlPlaneConfig } from './config.ts';
import { actorCalls } from './call/actor-calls.ts';
import { auditStore } from './features/audit/audit-store.ts';
import { createSealer } from './sealing.ts';
import { connectDatabase } from './db/connect.ts';
import { mapDatabaseError } from './db/errors.ts';
import { listen } from './db/listen.ts';
import { migrate } from './db/migrate.ts';
import { mountHealth, probeRoutes } from './features/health/health-routes.ts';
import { IDENTITY_CHANGED_CHANNEL, IdentityEvents } from './features/internal/identity-events.ts';
import { internalRoutes } from './features/internal/internal-routes.ts';
import { mountKeys } from './features/keys/keys-routes.ts';
import { createKeysService } from './features/keys/keys-service.ts';
import { keyStore } from './features/keys/keys-store.ts';
import { ensureOperator } from './features/operator/ensure-operator.ts';
import { operatorStore } from './features/operator/operator-store.ts';
import { mountTenants } from './features/tenants/tenants-routes.ts';
import { createTenantsService } from './features/tenants/tenants-service.ts';
import { tenantStore } from './features/tenants/tenants-store.ts';
import { createAuthenticate } from './identity/authenticate.ts';
import { mintCredential } from './identity/mint-credential.ts';

export interface ControlPlane {
  /** Base URL it listens on. */
  readonly url: string;
  /** Ends event streams, lets requests under way finish, then closes everything. */
  readonly close: () => Promise<void>;
}

/**
 * Migrates the database, sees to the operator credential and starts listening.
 * Rejects, with nothing left open, when any of it fails.
 */
export async function createControlPlane(
  config: ControlPlaneConfig,
  overrides: { logger?: Logger } = {},
): Promise<ControlPlane> {
  const logger = overrides.logger ?? createLogger({ name: 'control-plane', level: config.LOG_LEVEL });
  const shutdown = createShutdown({ logger });
  try {
    const applied = await migrate(config.DATABASE_URL);
    if (applied.length) logger.info({ applied }, 'migrated the database');

    const db = connectDatabase(config.DATABASE_URL, logger);
    shutdown.add('database', () => db.close());
    await ensureOperator({ db, store: operatorStore, logger }, config.OPERATOR_FILE);

    const metrics = createMetrics();
    const events = new IdentityEvents();
    const listener = listen({
      databaseUrl: config.DATABASE_URL,
      channel: IDENTITY_CHANGED_CHANNEL,
      beatMs: IDENTITY_PING_INTERVAL_MS,
      logger,
      handlers: events,
    });
    shutdown.add('change listener', () => listener.close());

    const authenticate = createAuthenticate(db, operatorStore);
    const publicApi = createEndpointRouter({ caller: 'anyone', admit: () => undefined });
    mountHealth(publicApi);
    const sealer = createSealer(config.ENCRYPTION_KEY, 'idempotent answers');
    const api = createEndpointRouter(
      actorCalls({ db, authenticate, tenants: tenantStore, audit: auditStore, sealer }),
    );
    const keyDeps = { keys: keyStore, tenants: tenantStore, mint: mintCredential };
    mountTenants(api, createTenantsService(tenantStore));
    mountKeys(api, ingestionKeys, createKeysService('ingestion-key', keyDeps));
    mountKeys(api, queryTokens, createKeysService('query-token', keyDeps));

    const isReady = async () => {
      await db.ping();
      return events.isListening;
    };
    const app = createHttpApp({
      logger,
      metrics,
      routers: [
        probeRoutes(isReady),
        publicApi.router(),
        api.router(),
        internalRoutes({ internalToken: config.INTERNAL_TOKEN, db, keys: keyStore, events, metrics }),
      ],
      mapError: mapDatabaseError,
    });

    const server = createServer({ requestTimeout: 30_000 }, app);
    const { host, port } = config.CONTROL_PLANE_LISTEN;
    await once(server.listen(port, host), 'listening');
    shutdown.add('http server', () => closeServer(server));
    shutdown.add('event streams', () => events.endAll());

    const address = server.address() as AddressInfo;
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
    logger.info({ url }, 'control-plane is listening');
    return { url, close: () => shutdown.run() };
  } catch (error) {
    // What cannot be closed has been logged; why the start failed matters more.
    await shutdown.run().catch(() => undefined);
    throw error;
  }
}

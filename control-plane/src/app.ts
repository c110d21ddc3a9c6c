/** Wires control-plane together; the only file that knows which part is made of what. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ingestionKeys, queryTokens } from '@obstack/contracts';
import { IDENTITY_PING_INTERVAL_MS } from '@obstack/contracts/internal';
import type { ListenAddress } from '@obstack/service-kit/config';
import { createEndpointRouter } from '@obstack/service-kit/endpoint';
import { createHttpApp } from '@obstack/service-kit/http-app';
import { createLogger, type Logger } from '@obstack/service-kit/logger';
import { createMetrics } from '@obstack/service-kit/metrics';
import { closeServer, createShutdown } from '@obstack/service-kit/shutdown';
import { type ControlPlaneConfig, grafanaPublicUrl } from './config.ts';
import { actorCalls } from './call/actor-calls.ts';
import { mountAudit } from './features/audit/audit-routes.ts';
import { createAuditService } from './features/audit/audit-service.ts';
import { auditStore } from './features/audit/audit-store.ts';
import { createRecordCall } from './features/audit/record-call.ts';
import { createSealer } from './sealing.ts';
import { connectDatabase } from './db/connect.ts';
import { mapDatabaseError } from './db/errors.ts';
import { listen } from './db/listen.ts';
import { migrate } from './db/migrate.ts';
import { docsRoutes } from './features/docs/docs-routes.ts';
import { mountHealth, probeRoutes } from './features/health/health-routes.ts';
import { IDENTITY_CHANGED_CHANNEL, IdentityEvents } from './features/internal/identity-events.ts';
import { resolveLive } from './features/internal/credentials-service.ts';
import { internalRoutes } from './features/internal/internal-routes.ts';
import { mountPeople } from './features/auth/mount.ts';
import { mountKeys } from './features/keys/keys-routes.ts';
import { createKeysService } from './features/keys/keys-service.ts';
import { keyStore } from './features/keys/keys-store.ts';
import { mountMe } from './features/me/me-routes.ts';
import { mountOidc } from './features/oidc/oidc-routes.ts';
import { createOidcService } from './features/oidc/oidc-service.ts';
import { ensureOperator } from './features/operator/ensure-operator.ts';
import { operatorStore } from './features/operator/operator-store.ts';
import { mountRejections } from './features/rejections/rejections-routes.ts';
import { rejectionStore } from './features/rejections/rejections-store.ts';
import { sessionStore } from './features/sessions/sessions-store.ts';
import { mountTenants } from './features/tenants/tenants-routes.ts';
import { createTenantsService } from './features/tenants/tenants-service.ts';
import { tenantStore } from './features/tenants/tenants-store.ts';
import { grafanaStore } from './grafana/grafana-store.ts';
import { createProxyClient } from './features/test-event/proxy-client.ts';
import { mountTestEvent } from './features/test-event/test-event-routes.ts';
import { createTestEventService } from './features/test-event/test-event-service.ts';
import { type AskGrafanaSigner, createGrafanaSigner, noGrafanaSigner } from './identity/grafana/signer.ts';
import { createIdentity } from './identity/identity.ts';
import { noExternalIssuers } from './identity/issuers.ts';
import { createEndKeycloakSession } from './identity/keycloak/end-session.ts';
import { createKeycloak } from './identity/keycloak/keycloak.ts';
import { createKeycloakIssuers } from './identity/keycloak/keycloak-issuers.ts';
import { keycloakStore } from './identity/keycloak/keycloak-store.ts';
import { mintCredential } from './identity/mint-credential.ts';
import { createProvisioning } from './provisioning/provisioning.ts';
import { provisioningStore } from './provisioning/provisioning-store.ts';
import { arrivalSteps, exportPlace } from './provisioning/steps.ts';

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

    const publicUrl = config.PUBLIC_URL ?? `http://${hostAndPort(config.CONTROL_PLANE_LISTEN)}`;
    const keycloak = createKeycloak(config, db);
    const grafanaSigner = grafanaSignerOf(config);
    const identity = createIdentity({
      db,
      sealer: createSealer(config.ENCRYPTION_KEY, 'signing keys'),
      publicUrl,
      lifetime: { idleSeconds: config.SESSION_IDLE_SECONDS, maxSeconds: config.SESSION_MAX_SECONDS },
      issuers: keycloak
        ? createKeycloakIssuers({ ...keycloak, db, store: keycloakStore, audit: auditStore, logger })
        : noExternalIssuers,
      grafanaSigner,
      resolveCredential: (sha256) => resolveLive({ db, keys: keyStore, rejections: rejectionStore }, sha256),
    });
    const publicApi = createEndpointRouter({ caller: 'anyone', admit: (call) => call });
    mountHealth(publicApi);
    const sealer = createSealer(config.ENCRYPTION_KEY, 'idempotent answers');
    const api = createEndpointRouter(
      actorCalls({
        db,
        authenticate: identity.authenticate,
        tenants: tenantStore,
        audit: auditStore,
        sealer,
      }),
    );
    const keyDeps = { keys: keyStore, tenants: tenantStore, mint: mintCredential };
    mountMe(api, tenantStore);
    mountAudit(api, createAuditService(auditStore));
    const provisioning = createProvisioning(arrivalSteps(config, db), provisioningStore);
    mountTenants(
      api,
      createTenantsService({
        tenants: tenantStore,
        provisioning,
        keys: keyStore,
        sessions: sessionStore,
        canExport: exportPlace(config) !== null,
      }),
    );
    await mountPeople(
      { publicApi, api },
      {
        db,
        identity,
        provisioning,
        publicUrl,
        authMethod: config.AUTH_METHOD,
        isRegistrationOpen: config.REGISTRATION === 'open',
        endElsewhere: createEndKeycloakSession({ db, store: keycloakStore, keycloak, logger }),
      },
    );
    mountOidc(
      { publicApi, api },
      {
        store: keycloakStore,
        realms: keycloak?.realms ?? null,
        service:
          keycloak &&
          createOidcService({
            ...identity,
            db,
            store: keycloakStore,
            oidc: keycloak.oidc,
            sealer: createSealer(config.ENCRYPTION_KEY, 'sign-ins under way'),
            record: createRecordCall(auditStore),
            publicUrl,
          }),
      },
    );
    mountKeys(api, ingestionKeys, createKeysService('ingestion-key', keyDeps));
    mountKeys(api, queryTokens, createKeysService('query-token', keyDeps));
    mountRejections(api, { rejections: rejectionStore, tenants: tenantStore });
    mountTestEvent(
      api,
      createTestEventService({
        ...keyDeps,
        proxy: config.PROXY_URL === undefined ? undefined : createProxyClient(config.PROXY_URL),
        grafanaUrl: grafanaPublicUrl(config),
        grafanaOrgs: grafanaStore,
      }),
    );

    const isReady = async () => {
      await db.ping();
      return events.isListening;
    };
    const app = createHttpApp({
      logger,
      metrics,
      routers: [
        probeRoutes(isReady),
        docsRoutes(),
        publicApi.router(),
        api.router(),
        internalRoutes({
          internalToken: config.INTERNAL_TOKEN,
          db,
          keys: keyStore,
          rejections: rejectionStore,
          people: identity.people,
          issuerOf: identity.issuerOf,
          grafanaSigner,
          events,
          metrics,
        }),
      ],
      mapError: mapDatabaseError,
      trustedProxies: config.TRUSTED_PROXIES,
    });

    const server = createServer({ requestTimeout: 30_000 }, app);
    const { host, port } = config.CONTROL_PLANE_LISTEN;
    await once(server.listen(port, host), 'listening');
    shutdown.add('http server', () => closeServer(server));
    shutdown.add('event streams', () => events.endAll());

    const address = server.address() as AddressInfo;
    const url = `http://${hostAndPort({ host, port: address.port })}`;
    logger.info({ url }, 'control-plane is listening');
    return { url, close: () => shutdown.run() };
  } catch (error) {
    // What cannot be closed has been logged; why the start failed matters more.
    await shutdown.run().catch(() => undefined);
    throw error;
  }
}

function grafanaSignerOf(config: ControlPlaneConfig): AskGrafanaSigner {
  const { GRAFANA_URL: url } = config;
  const publicUrl = grafanaPublicUrl(config);
  return url && publicUrl ? createGrafanaSigner({ url, publicUrl }) : noGrafanaSigner;
}

function hostAndPort({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

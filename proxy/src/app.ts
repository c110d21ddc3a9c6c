// Wires the proxy together; the only file that says `new` for what lives as long as the process.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@obstack/service-kit/logger';
import type { Logger } from '@obstack/service-kit/logger';
import { closeServer } from '@obstack/service-kit/shutdown';
import { createHealthListener } from './http/health-listener.ts';
import { createListener } from './http/listener.ts';
import { Router } from './http/router.ts';
import { createProxyMetrics } from './metrics.ts';
import { createPushContext, ingestRoutes, otlpRoutes } from './ingest/routes.ts';
import { EnforcedQueries } from './query/enforced-queries.ts';
import { enforcers } from './query/enforcers.ts';
import type { Enforcers } from './query/enforcers.ts';
import { lokiRoutes } from './query/loki.ts';
import { lokiTail } from './query/loki-tail.ts';
import { prometheusRoutes } from './query/prometheus.ts';
import { tempoRoutes } from './query/tempo.ts';
import type { ProxyConfig } from './config.ts';
import { ControlPlaneClient } from './tenancy/control-plane.ts';
import { CredentialCache } from './tenancy/credential-cache.ts';
import { createIdentify } from './tenancy/identify.ts';
import type { Identify } from './tenancy/identify.ts';
import { Upstream } from './upstream/forward.ts';

/** What a request needs of the process; each routes file takes the part it uses. */
export interface ProxyContext {
  readonly config: ProxyConfig;
  readonly identify: Identify;
  readonly credentials: CredentialCache;
  readonly queries: EnforcedQueries;
  /** The tenant's name inside a store that has tenants of its own: the value of `X-Scope-OrgID`. */
  readonly storageTenant: (tenantId: string) => string;
  readonly upstreams: Readonly<Record<'loki' | 'prometheus' | 'tempo' | 'collector', Upstream>>;
  readonly log: Logger;
}

/**
 * For tests alone: each of the two locks can be taken off by itself, to show that the other one holds. The
 * environment cannot reach these.
 */
export interface ProxyOverrides {
  readonly enforcers?: Enforcers;
  readonly storageTenant?: ProxyContext['storageTenant'];
  readonly log?: Logger;
}

export interface Proxy {
  /** Base URL of the main listener, of the OTLP listener and of the metrics listener. */
  readonly urls: { readonly main: string; readonly otlp: string; readonly metrics: string };
  /** Stops accepting, lets requests under way finish, then closes everything. */
  close(): Promise<void>;
}

/** Starts listening. Rejects when an address is taken. */
export async function createProxy(config: ProxyConfig, overrides: ProxyOverrides = {}): Promise<Proxy> {
  const log = overrides.log ?? createLogger({ name: 'proxy', level: config.LOG_LEVEL });
  const controlPlane = new ControlPlaneClient(config.CONTROL_PLANE_URL, config.INTERNAL_TOKEN, log);
  const credentials = new CredentialCache((sha256) => controlPlane.resolve(sha256));
  const query = { connections: 128, timeoutMs: config.QUERY_TIMEOUT_MS };
  const push = { connections: 128, timeoutMs: config.PUSH_TIMEOUT_MS };
  const context: ProxyContext = {
    config,
    identify: createIdentify(credentials),
    credentials,
    queries: new EnforcedQueries(overrides.enforcers ?? enforcers),
    storageTenant: overrides.storageTenant ?? ((tenantId) => tenantId),
    upstreams: {
      loki: new Upstream('Loki', config.LOKI_URL, query),
      prometheus: new Upstream('Prometheus', config.PROMETHEUS_URL, query),
      tempo: new Upstream('Tempo', config.TEMPO_URL, query),
      collector: new Upstream('the OTel Collector', config.OTEL_COLLECTOR_URL, push),
    },
    log,
  };

  const pushContext = createPushContext(context);
  const metrics = createProxyMetrics();
  const shared = {
    log,
    metrics: metrics.requests,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    idleTimeoutMs: 2 * Math.max(config.QUERY_TIMEOUT_MS, config.PUSH_TIMEOUT_MS),
  };
  const tail = lokiTail(context);
  const main = createListener({
    ...shared,
    upgrade: tail,
    router: new Router([
      ...prometheusRoutes(context),
      ...lokiRoutes(context),
      ...tempoRoutes(context),
      ...ingestRoutes(pushContext),
    ]),
  });
  const otlp = createListener({ ...shared, router: new Router(otlpRoutes(pushContext)) });
  const health = createHealthListener({ metrics, isReady: () => credentials.isConnected });
  const servers = [main, otlp, health];

  controlPlane.follow(credentials);
  const close = async (): Promise<void> => {
    tail.close();
    await Promise.all(servers.filter((server) => server.listening).map((server) => closeServer(server)));
    await controlPlane.close();
    await Promise.all(Object.values(context.upstreams).map((upstream) => upstream.close()));
  };
  try {
    await listen(main, config.PROXY_LISTEN);
    await listen(otlp, config.PROXY_OTLP_LISTEN);
    await listen(health, config.PROXY_METRICS_LISTEN);
  } catch (error) {
    await close();
    throw error;
  }
  return { urls: { main: urlOf(main), otlp: urlOf(otlp), metrics: urlOf(health) }, close };
}

async function listen(server: Server, address: { host: string; port: number }): Promise<void> {
  server.listen(address.port, address.host);
  await once(server, 'listening');
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

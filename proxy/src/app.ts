// Wires the proxy together; the only file that says `new` for what lives as long as the process.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@obstack/service-kit/logger';
import type { Logger } from '@obstack/service-kit/logger';
import { connectRedis } from '@obstack/service-kit/redis';
import { closeServer } from '@obstack/service-kit/shutdown';
import { createHealthListener } from './http/health-listener.ts';
import { createListener } from './http/listener.ts';
import { Router } from './http/router.ts';
import { createProxyMetrics } from './metrics.ts';
import { LocalBuckets } from './ingest/buckets.ts';
import { createPushContext, ingestRoutes, otlpRoutes } from './ingest/routes.ts';
import { SharedBuckets } from './ingest/shared-buckets.ts';
import { EnforcedQueries } from './query/enforced-queries.ts';
import { createEnforcers } from './query/enforcers.ts';
import type { Enforcers } from './query/enforcers.ts';
import { lokiRoutes } from './query/loki.ts';
import { lokiTail } from './query/loki-tail.ts';
import { prometheusRoutes } from './query/prometheus.ts';
import { tempoRoutes } from './query/tempo.ts';
import { searchRoutes } from './search/routes.ts';
import { searchOptions } from './config.ts';
import type { ProxyConfig } from './config.ts';
import { ControlPlaneClient } from './tenancy/control-plane.ts';
import type { ControlPlaneListener } from './tenancy/control-plane.ts';
import { createCredentials } from './tenancy/credentials.ts';
import { createIdentify } from './tenancy/identify.ts';
import type { Identify } from './tenancy/identify.ts';
import { People } from './tenancy/people.ts';
import { reportUsage } from './tenancy/report-usage.ts';
import { ThroughGrafana } from './tenancy/through-grafana.ts';
import { Usage } from './tenancy/usage.ts';
import { Upstream } from './upstream/forward.ts';

/** What a request needs of the process; each routes file takes the part it uses. */
export interface ProxyContext {
  readonly config: ProxyConfig;
  readonly identify: Identify;
  readonly usage: Usage;
  readonly queries: EnforcedQueries;
  /** The tenant's name inside a store that has tenants of its own: the value of `X-Scope-OrgID`. */
  readonly storageTenant: (tenantId: string) => string;
  readonly upstreams: Readonly<Record<'loki' | 'prometheus' | 'tempo' | 'collector', Upstream>> & {
    /** Where there is one. */
    readonly opensearch?: Upstream;
  };
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
  const metrics = createProxyMetrics();
  const usage = new Usage(metrics.usageDropped);
  const credentials = createCredentials((sha256) => controlPlane.credential(sha256));
  const people = new People({
    principal: (question) => controlPlane.principal(question),
    issuer: (issuer) => controlPlane.issuer(issuer),
  });
  const query = { connections: 128, timeoutMs: config.QUERY_TIMEOUT_MS };
  const push = { connections: 128, timeoutMs: config.PUSH_TIMEOUT_MS };
  const context: ProxyContext = {
    config,
    identify: createIdentify(credentials, people, new ThroughGrafana(() => controlPlane.grafana()), usage),
    usage,
    queries: new EnforcedQueries(overrides.enforcers ?? createEnforcers()),
    storageTenant: overrides.storageTenant ?? ((tenantId) => tenantId),
    upstreams: {
      loki: new Upstream('Loki', config.LOKI_URL, query),
      prometheus: new Upstream('Prometheus', config.PROMETHEUS_URL, query),
      tempo: new Upstream('Tempo', config.TEMPO_URL, query),
      collector: new Upstream('the OTel Collector', config.OTEL_COLLECTOR_URL, push),
      ...(config.OPENSEARCH_URL !== undefined && {
        opensearch: new Upstream('OpenSearch', config.OPENSEARCH_URL, query),
      }),
    },
    log,
  };

  const redis =
    config.REDIS_URL === undefined ? undefined : connectRedis({ url: config.REDIS_URL, logger: log });
  const buckets = redis ? new SharedBuckets(redis, metrics.limitedAlone) : new LocalBuckets();
  const pushContext = createPushContext(context, buckets);
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
      ...searchRoutes(context, searchOptions(config)),
      ...ingestRoutes(pushContext),
    ]),
  });
  const otlp = createListener({ ...shared, router: new Router(otlpRoutes(pushContext)) });
  const health = createHealthListener({ metrics, isReady: () => credentials.isConnected });
  const servers = [main, otlp, health];

  controlPlane.follow(toEach(credentials, people.answers));
  const reporter = reportUsage(usage, (report) => controlPlane.report(report), log);
  const close = async (): Promise<void> => {
    tail.close();
    await Promise.all(servers.filter((server) => server.listening).map((server) => closeServer(server)));
    await reporter.close();
    await controlPlane.close();
    redis?.close();
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

/** What control-plane says, said to all who remember what it said before. */
function toEach(...listeners: ControlPlaneListener[]): ControlPlaneListener {
  const each = (tell: (listener: ControlPlaneListener) => void): void => listeners.forEach(tell);
  return {
    connected: () => each((listener) => listener.connected()),
    disconnected: () => each((listener) => listener.disconnected()),
    invalidated: (subject) => each((listener) => listener.invalidated(subject)),
  };
}

async function listen(server: Server, address: { host: string; port: number }): Promise<void> {
  server.listen(address.port, address.host);
  await once(server, 'listening');
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

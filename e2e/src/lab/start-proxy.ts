// A proxy in this process, in front of the lab or of anything else, that knows the lab's tenants.
import { createProxy } from '@obstack/proxy';
import type { Proxy, ProxyOverrides } from '@obstack/proxy';
import { readProxyConfig } from '@obstack/proxy/config';
import { startStandIn } from './control-plane-stand-in.ts';
import type { StandIn } from './control-plane-stand-in.ts';
import { TENANTS } from './tenants.ts';
import { until } from './until.ts';

export interface Backends {
  readonly loki: string;
  readonly tempo: string;
  readonly prometheus: string;
  readonly collector: string;
}

/** Every store at one address, as a stub has them. */
export const allAt = (url: string): Backends => ({ loki: url, tempo: url, prometheus: url, collector: url });

export interface LabProxy extends Proxy {
  readonly controlPlane: StandIn;
}

/**
 * @param overrides takes one of the two locks off
 * @param env further variables of the proxy, such as its limits
 */
export async function startProxy(
  backends: Backends,
  overrides: ProxyOverrides = {},
  env: Record<string, string> = {},
): Promise<LabProxy> {
  const controlPlane = await startStandIn();
  for (const { id, ingestKey, queryToken } of TENANTS) {
    controlPlane.know(ingestKey, { kind: 'ingestion-key', tenantId: id });
    controlPlane.know(queryToken, { kind: 'query-token', tenantId: id });
  }
  const proxy = await createProxy(
    readProxyConfig({ ...proxyEnv(backends, controlPlane.url, controlPlane.internalToken), ...env }),
    overrides,
  );
  await until(
    'the proxy follows control-plane',
    async () => (await fetch(`${proxy.urls.metrics}/readyz`)).ok,
  );
  return {
    ...proxy,
    controlPlane,
    async close() {
      await proxy.close();
      await controlPlane.close();
    },
  };
}

/** The environment of a proxy on free ports. */
export function proxyEnv(
  { loki, tempo, prometheus, collector }: Backends,
  controlPlaneUrl: string,
  internalToken: string,
): Record<string, string> {
  return {
    PROXY_LISTEN: '127.0.0.1:0',
    PROXY_OTLP_LISTEN: '127.0.0.1:0',
    PROXY_METRICS_LISTEN: '127.0.0.1:0',
    CONTROL_PLANE_URL: controlPlaneUrl,
    INTERNAL_TOKEN: internalToken,
    LOKI_URL: loki,
    PROMETHEUS_URL: prometheus,
    TEMPO_URL: tempo,
    OTEL_COLLECTOR_URL: collector,
    LOG_LEVEL: 'silent',
  };
}

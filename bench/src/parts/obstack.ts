// Our own proxy, the way `npm start` runs it: a process of its own, its credentials from a control-plane.
import { fileURLToPath } from 'node:url';
import { proxyNodeFlags } from '@obstack/native';
import { freePorts } from '../measure/processes.ts';
import type { Start } from '../ring.ts';
import type { ControlPlaneStandIn } from './control-plane-stand-in.ts';

export const PROXY_ENTRY = fileURLToPath(import.meta.resolve('@obstack/proxy/main'));

/** @param profileDir where to leave a CPU profile when it ends; other figures of it are worthless then */
export const obstack =
  (controlPlane: ControlPlaneStandIn, profileDir?: string): Start =>
  async (processes, { core, port, upstream }) => {
    const [otlpPort, metricsPort] = await freePorts(2);
    const stub = `http://127.0.0.1:${upstream}`;
    const profiling = profileDir ? ['--cpu-prof', '--cpu-prof-dir', profileDir] : [];
    return processes.start({
      name: 'obstack',
      command: process.execPath,
      args: [...proxyNodeFlags, ...profiling, PROXY_ENTRY],
      core,
      port,
      env: {
        PROXY_LISTEN: `127.0.0.1:${port}`,
        PROXY_OTLP_LISTEN: `127.0.0.1:${otlpPort ?? 0}`,
        PROXY_METRICS_LISTEN: `127.0.0.1:${metricsPort ?? 0}`,
        CONTROL_PLANE_URL: controlPlane.url,
        INTERNAL_TOKEN: 'bench-bench-bench-bench-bench-bench',
        LOKI_URL: stub,
        PROMETHEUS_URL: stub,
        TEMPO_URL: stub,
        OTEL_COLLECTOR_URL: stub,
        LOG_LEVEL: 'warn',
      },
    });
  };

// The lab: real stores with the data of three tenants. One Loki, one Tempo and one Prometheus hold everything in
// one place each (`SHARED`), and beside that every tenant has a store with nothing but its own: a storage tenant
// in Loki and Tempo, a process of its own for Prometheus. What a query must answer is what it answers there.
// All suites of a run share it: whoever pushes does so for tenants of its own, or in a storage tenant of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '@obstack/native';
import { logsOf } from '../data/logs.ts';
import { metricsOf } from '../data/metrics.ts';
import { pushLogs, pushMetrics, pushTraces } from '../data/push.ts';
import { sharedTraceOf, tracesOf } from '../data/traces.ts';
import { windowBefore } from '../data/window.ts';
import type { Window } from '../data/window.ts';
import { TENANTS } from './tenants.ts';
import { until } from './until.ts';

/** The storage tenant of Loki and Tempo in which all tenants' data lie together. */
export const SHARED = 'shared';

/** Where the lab is; plain data, because suites in other processes read it. */
export interface Lab {
  readonly window: Window;
  readonly loki: string;
  readonly tempo: string;
  readonly tempoOtlp: string;
  readonly collector: string;
  /** The Prometheus that holds all tenants. */
  readonly prometheus: string;
  /** Tenant id → the Prometheus that holds that tenant alone. */
  readonly prometheusOf: Readonly<Record<string, string>>;
}

/** Starts the stores, fills them and waits until everything can be found. */
export async function startLab(): Promise<{ lab: Lab; stop: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'obstack-lab-'));
  const [many, ...single] = await Promise.all([
    startStack({
      dir: join(dir, 'many'),
      parts: ['loki', 'tempo', 'prometheus', 'otel-collector'],
      ports: 'free',
    }),
    ...TENANTS.map(({ secret }) =>
      startStack({ dir: join(dir, secret), parts: ['prometheus'], ports: 'free' }),
    ),
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all([many, ...single].map((stack) => stack.stop()));
    await rm(dir, { recursive: true, force: true });
  };
  const lab: Lab = {
    window: windowBefore(Date.now()),
    loki: many.urls.loki,
    tempo: many.urls.tempo,
    tempoOtlp: many.env.TEMPO_OTLP_URL ?? '',
    collector: many.urls['otel-collector'],
    prometheus: many.urls.prometheus,
    prometheusOf: Object.fromEntries(TENANTS.map(({ id }, i) => [id, single[i]?.urls.prometheus ?? ''])),
  };
  try {
    await fill(lab);
    await allVisible(lab);
  } catch (error) {
    await stop();
    throw error;
  }
  return { lab, stop };
}

async function fill(lab: Lab): Promise<void> {
  for (const tenant of TENANTS) {
    const metrics = metricsOf(tenant);
    const logs = logsOf(tenant, lab.window);
    const traces = [...tracesOf(tenant, lab.window), ...sharedTraceOf(tenant, lab.window)];
    await pushMetrics(lab.prometheus, metrics, lab.window);
    await pushMetrics(lab.prometheusOf[tenant.id] ?? '', metrics, lab.window);
    for (const storageTenant of [SHARED, tenant.id]) {
      await pushLogs(lab.loki, storageTenant, logs);
      await pushTraces(lab.tempoOtlp, storageTenant, traces);
    }
  }
}

/** Prometheus and Loki answer for a push at once; Tempo cuts traces into its blocks a little later. */
async function allVisible({ tempo, window }: Lab): Promise<void> {
  const counts = async (storageTenant: string, path: string): Promise<string> => {
    const range = `start=${window.startMs / 1000 - 60}&end=${window.endMs / 1000 + 60}`;
    const reply = await fetch(`${tempo}${path}&${range}`, { headers: { 'x-scope-orgid': storageTenant } });
    return reply.ok ? await reply.text() : '';
  };
  for (const storageTenant of [SHARED, ...TENANTS.map(({ id }) => id)]) {
    const expected = TENANTS.filter(({ id }) => storageTenant === SHARED || storageTenant === id).flatMap(
      (tenant) => tracesOf(tenant, window),
    ).length;
    await until(`the traces of ${storageTenant} can be searched`, async () => {
      const found = await counts(storageTenant, '/api/search?q=%7B%20kind%20%3D%20server%20%7D&limit=1000');
      return found.split('"traceID"').length - 1 >= expected / 3;
    });
    await until(`the traces of ${storageTenant} can be counted`, async () => {
      const found = await counts(
        storageTenant,
        '/api/metrics/query_range?q=%7B%7D%7Ccount_over_time()&step=60s',
      );
      return found.includes('"value"');
    });
  }
}

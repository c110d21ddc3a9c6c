// The pure functions alone, without sockets: what enforcing one query and stamping one record cost.
import {
  enforceLogql,
  enforcePromql,
  enforceTraceql,
  identified,
  logsPayload,
  metricsPayload,
  stampOtlp,
  stampWriteRequestV1,
  tracesPayload,
  writeRequestV1,
} from '@obstack/proxy/testing';
import { median, spread } from './measure/stats.ts';
import { TENANT_ID } from './parts/control-plane-stand-in.ts';
import { hotQueries } from './payloads.ts';
import { figure, renderTable } from './table.ts';

interface Subject {
  readonly name: string;
  /** What one figure is for. */
  readonly unit: 'query' | 'record' | 'series';
  /** How many of these one call handles. */
  readonly units: number;
  readonly call: () => unknown;
}

export interface MicroFigures {
  readonly name: string;
  readonly unit: Subject['unit'];
  readonly nanoseconds: number;
  readonly spread: number;
}

const logqlQueries = [
  '{namespace="shop",pod=~"checkout-.*"} |= "error" | json | status >= 500',
  'sum by (route) (rate({namespace="shop"} | logfmt | duration > 1s [5m]))',
  '{app="checkout"} |~ "time(d )?out" != "retry" | line_format "{{.msg}}"',
];
const traceqlQueries = [
  '{ resource.service.name = "checkout" && span.http.response.status_code >= 500 }',
  '{ resource.service.name = "shop" } >> { span.db.system = "postgresql" && duration > 100ms } | count() > 2',
  '{ status = error } | rate() by (resource.service.name)',
];

async function subjects(): Promise<Subject[]> {
  const enforced = (
    name: string,
    queries: readonly string[],
    enforce: (q: string, t: string) => string,
  ): Subject => ({
    name,
    unit: 'query',
    units: queries.length,
    call: () => queries.map((query) => enforce(query, TENANT_ID)),
  });
  const stamped = (signal: 'logs' | 'metrics' | 'traces', records: number, payload: Buffer): Subject => ({
    name: `stamp OTLP ${signal}`,
    unit: 'record',
    units: records,
    call: () => stampOtlp(signal, payload, TENANT_ID),
  });
  const series = writeRequestV1(2_000);
  const identify = await identified(TENANT_ID);
  return [
    { name: 'identify a query token', unit: 'query', units: 1, call: identify },
    enforced('enforce PromQL', hotQueries, enforcePromql),
    enforced('enforce LogQL', logqlQueries, enforceLogql),
    enforced('enforce TraceQL', traceqlQueries, enforceTraceql),
    stamped('logs', 1_000, logsPayload(1_000)),
    stamped('traces', 1_000, tracesPayload(1_000)),
    // Three points a series.
    stamped('metrics', 3_000, metricsPayload(1_000)),
    {
      name: 'stamp remote_write 1.0',
      unit: 'series',
      units: 2_000,
      call: () => stampWriteRequestV1(series, TENANT_ID),
    },
  ];
}

/** @param millis how long each subject runs, after as long a warm-up */
export async function runMicro(millis: number): Promise<MicroFigures[]> {
  return (await subjects()).map((subject) => {
    time(subject, millis);
    const slices = Array.from({ length: 5 }, () => time(subject, millis / 5));
    const { name, unit } = subject;
    return { name, unit, nanoseconds: median(slices), spread: spread(slices) };
  });
}

/** Nanoseconds of processor time, so that busy neighbours do not count, per unit. */
function time({ call, units }: Subject, millis: number): number {
  const before = process.cpuUsage();
  const end = performance.now() + millis;
  let calls = 0;
  for (; performance.now() < end; calls++) call();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / calls / units;
}

export function renderMicro(all: readonly MicroFigures[]): string {
  const rows = all.map(({ name, unit, nanoseconds, spread: noise }) => [
    name,
    `${figure(nanoseconds)} ns/${unit}`,
    `${Math.round(noise * 100)}%`,
  ]);
  return renderTable(['', 'CPU time', '±'], rows);
}

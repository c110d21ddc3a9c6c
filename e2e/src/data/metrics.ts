// The metrics of one tenant, stamped. Names, jobs and instances are the same for all tenants, values are not, so
// that anything read from a neighbour changes a result.
import { seededRng } from '@obstack/proxy/testing';
import type { LabTenant } from '../lab/tenants.ts';
import { TENANTS } from '../lab/tenants.ts';
import { STEP_MS, STEPS } from './window.ts';
import type { Window } from './window.ts';

export interface NativeHistogram {
  readonly count: number;
  readonly sum: number;
  readonly zeroCount: number;
  /** Counts of the consecutive exponential buckets from `offset` on. */
  readonly offset: number;
  readonly buckets: readonly number[];
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** One entry a step; undefined leaves a gap, `stale` ends the series. */
  readonly values?: readonly (number | 'stale' | undefined)[];
  readonly histograms?: readonly NativeHistogram[];
  readonly exemplars?: readonly { labels: Record<string, string>; value: number; step: number }[];
}

export const INSTANCES = ['10.0.0.1:9090', '10.0.0.2:9090'];
/** Every tenant has checkout and cart; what else it runs differs. */
export const jobsOf = ({ index }: LabTenant): string[] => [
  'checkout',
  'cart',
  ...(index === 2 ? ['ledger'] : ['search']),
];

const BOUNDS = ['0.1', '0.5', '2.5', '+Inf'];
const steps = <T>(of: (step: number) => T): T[] => Array.from({ length: STEPS }, (_, step) => of(step));

/** Samples are {@link STEP_MS} apart from the start of the window on. */
export const timeOf = (step: number, window: Window): number => window.startMs + step * STEP_MS;

export function metricsOf(tenant: LabTenant): Series[] {
  const random = seededRng(1000 + tenant.index);
  const whole = (below: number): number => Math.floor(random() * below);
  const counter = (rate: number): number[] => {
    let value = whole(500);
    const resetAt = whole(3) === 0 ? 10 + whole(10) : -1;
    return steps((step) => (value = step === resetAt ? 0 : value + whole(rate)));
  };
  const all: Series[] = [];
  const add = (name: string, labels: Record<string, string>, rest: Omit<Series, 'labels'>): void => {
    all.push({ labels: { __name__: name, ...labels, tenant_id: tenant.id }, ...rest });
  };

  for (const job of jobsOf(tenant)) {
    for (const instance of INSTANCES) {
      const target = { job, instance };
      add('up', target, { values: steps((step) => (step % (7 + tenant.index) === 3 ? 0 : 1)) });
      add('memory_bytes', target, {
        values: steps((step) => {
          if (instance === INSTANCES[1] && step === 20 + tenant.index) return 'stale';
          if (instance === INSTANCES[1] && step > 20) return undefined;
          if (job === 'cart' && step === 12) return NaN;
          return job === 'cart' && step === 13 ? Infinity : whole(1e6) * 1.25;
        }),
      });
      add(
        'target_info',
        { ...target, version: `1.${tenant.index}.0`, owner: tenant.secret },
        {
          values: steps(() => 1),
        },
      );
      for (const [method, status] of [
        ['GET', '200'],
        ['GET', '500'],
        ['POST', '200'],
      ] as const) {
        add(
          'http_requests_total',
          { ...target, method, status },
          {
            values: counter(40),
            exemplars: [
              { labels: { trace_id: traceIdOf(tenant, whole(10)) }, value: whole(9), step: 8 + whole(20) },
            ],
          },
        );
      }
    }
    const perBound = BOUNDS.map(() => counter(9));
    let below: number[] = steps(() => 0);
    for (const [index, le] of BOUNDS.entries()) {
      below = below.map((value, step) => value + (perBound[index]?.[step] ?? 0));
      add('http_request_duration_seconds_bucket', { job, le }, { values: below });
    }
    add('http_request_duration_seconds_count', { job }, { values: below });
    add('http_request_duration_seconds_sum', { job }, { values: below.map((count) => count * 0.375) });
    add('rpc_duration_seconds', { job }, { histograms: nativeHistograms(whole) });
  }

  add('topk_size', {}, { values: steps(() => tenant.index + 1) });
  add('quantile_wanted', {}, { values: steps(() => 0.25 * (tenant.index + 1)) });
  add(
    'http.server.requests',
    { 'service.name': 'checkout', 'odd "label"': `it's\\odd` },
    { values: counter(30) },
  );
  add('build_info', { version: `1.${tenant.index}.0`, revision: tenant.secret }, { values: steps(() => 1) });
  add(`secret_${tenant.secret}_total`, { [`${tenant.secret}_label`]: tenant.secret }, { values: counter(5) });
  // Labels that look like the tenant's but are not: a neighbour's id in them must not open anything.
  for (const other of TENANTS) {
    add(
      'lookalike',
      { Tenant_ID: other.id, tenantid: other.id, n: String(other.index) },
      { values: counter(20) },
    );
  }
  if (tenant.index === 1) add('refunds_total', { job: 'cart' }, { values: counter(12) });
  return all;
}

function nativeHistograms(whole: (below: number) => number): NativeHistogram[] {
  let zeroCount = 0;
  let sum = 0;
  let buckets = [0, 0, 0, 0];
  return steps(() => {
    buckets = buckets.map((count) => count + whole(6));
    zeroCount += whole(2);
    sum += whole(20) * 0.5;
    return { count: zeroCount + buckets.reduce((a, b) => a + b), sum, zeroCount, offset: -2, buckets };
  });
}

/** 32 hex digits. The last trace of every tenant has the same id: see class 25. */
export const traceIdOf = ({ index }: LabTenant, trace: number): string =>
  trace === SHARED_TRACE ? 'c0ffee'.padStart(32, '0') : `${index + 1}${String(trace).padStart(31, '0')}`;

/** The number of the trace whose id every tenant uses. */
export const SHARED_TRACE = 99;

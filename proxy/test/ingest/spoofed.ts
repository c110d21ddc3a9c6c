// Whole requests that claim another tenant, at every level where OTLP has attributes. What surrounds the claim is
// valid, so that real stores take it. For the tests of stamping and those against the stores.
import type { Signal } from '@obstack/contracts';
import { attribute } from './payloads.ts';
import type { KeyValue } from './payloads.ts';

/** What a spoofed request is made of; each place below adds its claims to it. */
export interface Claim {
  /** Value of `service.name` and of the label `run`, by which the data can be found. */
  readonly run: string;
  readonly timeUnixNano: string;
  /** Hex; one trace a claim. */
  readonly traceId: string;
}

/** @returns the request in OTLP's JSON, with the claims at every level of this signal */
export function spoofedRequest(signal: Signal, claims: readonly KeyValue[], claim: Claim): object {
  const resource = { attributes: [attribute('service.name', claim.run), ...claims] };
  const scope = { name: 'spoof', attributes: claims };
  switch (signal) {
    case 'logs':
      return { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [logRecord(claims, claim)] }] }] };
    case 'traces':
      return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span(claims, claim)] }] }] };
    case 'metrics':
      return { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: metrics(claims, claim) }] }] };
  }
}

const spanId = '00000000000000a1';

const logRecord = (claims: readonly KeyValue[], { timeUnixNano, traceId }: Claim): object => ({
  timeUnixNano,
  body: { stringValue: 'a line' },
  attributes: claims,
  traceId,
  spanId,
});

const span = (claims: readonly KeyValue[], { timeUnixNano, traceId }: Claim): object => ({
  traceId,
  spanId,
  name: 'spoof',
  kind: 2,
  startTimeUnixNano: timeUnixNano,
  endTimeUnixNano: String(BigInt(timeUnixNano) + 1_000_000n),
  attributes: claims,
  events: [{ timeUnixNano, name: 'event', attributes: claims }],
  links: [{ traceId, spanId: '00000000000000a2', attributes: claims }],
});

/** One metric of each kind, with claims in metadata, data points and exemplars. */
function metrics(claims: readonly KeyValue[], { run, timeUnixNano, traceId }: Claim): object[] {
  const point = {
    attributes: [attribute('run', run), ...claims],
    timeUnixNano,
    startTimeUnixNano: timeUnixNano,
  };
  const exemplar = { timeUnixNano, asDouble: 1, traceId, spanId, filteredAttributes: claims };
  const exemplars = [exemplar];
  const buckets = { offset: 0, bucketCounts: ['1'] };
  const histogram = { ...point, exemplars, count: '1', sum: 1 };
  const kinds: Record<string, object> = {
    gauge: { dataPoints: [{ ...point, asDouble: 1, exemplars }] },
    sum: { dataPoints: [{ ...point, asInt: '1', exemplars }], aggregationTemporality: 2, isMonotonic: true },
    histogram: {
      dataPoints: [{ ...histogram, bucketCounts: ['1', '0'], explicitBounds: [5] }],
      aggregationTemporality: 2,
    },
    exponentialHistogram: {
      dataPoints: [{ ...histogram, scale: 1, zeroCount: '0', positive: buckets, negative: {} }],
      aggregationTemporality: 2,
    },
    summary: {
      dataPoints: [{ ...point, count: '1', sum: 1, quantileValues: [{ quantile: 0.5, value: 1 }] }],
    },
  };
  return Object.entries(kinds).map(([kind, data]) => ({
    name: `spoof.${kind.toLowerCase()}`,
    metadata: claims,
    [kind]: data,
  }));
}

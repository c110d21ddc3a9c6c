// Pushes as real senders build them, for tests and benchmarks. Everything is deterministic, so that two runs
// measure the same bytes.
import { encode } from './codec.ts';

export interface KeyValue {
  readonly key: string;
  readonly value: object;
}

/** One attribute with a string value. */
export const attribute = (key: string, value: string): KeyValue => ({ key, value: { stringValue: value } });

const attributes = (pairs: Record<string, string>): KeyValue[] =>
  Object.entries(pairs).map(([key, value]) => attribute(key, value));

/** The resource that an SDK in Kubernetes sends. */
export const demoResource = {
  attributes: attributes({
    'service.name': 'checkout',
    'service.namespace': 'shop',
    'service.instance.id': '9f0c2b1e-6b0e-4f0e-9d2c-0c1f6f3a5b77',
    'deployment.environment.name': 'production',
    'k8s.pod.name': 'checkout-7d9c5b6f4-x2v8q',
    'telemetry.sdk.language': 'nodejs',
  }),
};
const scope = { name: '@shop/checkout', version: '1.42.0' };
const START_NANOS = 1_790_000_000_000_000_000n;

const id = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => ((seed + 1) * 2_654_435_761 + i * 40_503) & 0xff);

const logRecord = (i: number): object => ({
  timeUnixNano: String(START_NANOS + BigInt(i) * 1_000_000n),
  observedTimeUnixNano: String(START_NANOS + BigInt(i) * 1_000_000n + 500n),
  severityNumber: i % 10 === 0 ? 17 : 9,
  severityText: i % 10 === 0 ? 'ERROR' : 'INFO',
  body: { stringValue: `order ${100_000 + i} accepted from cart ${i % 97} in ${i % 250} ms` },
  attributes: attributes({
    'http.request.method': 'POST',
    'http.route': '/api/orders/:id',
    'http.response.status_code': i % 10 === 0 ? '500' : '200',
    'user.id': `u-${i % 5000}`,
  }),
  flags: 1,
  traceId: id(16, i),
  spanId: id(8, i),
});

/** An ExportLogsServiceRequest; 1,000 records are about 233 KB. */
export function logsPayload(records: number): Buffer {
  const logRecords = Array.from({ length: records }, (_, i) => logRecord(i));
  return encode('otlp.ExportLogsServiceRequest', {
    resourceLogs: [{ resource: demoResource, scopeLogs: [{ scope, logRecords }] }],
  });
}

/** An ExportTraceServiceRequest: server spans with an event and a link each. */
export function tracesPayload(spans: number): Buffer {
  return encode('otlp.ExportTraceServiceRequest', {
    resourceSpans: [
      {
        resource: demoResource,
        scopeSpans: [
          {
            scope,
            spans: Array.from({ length: spans }, (_, i) => ({
              traceId: id(16, i),
              spanId: id(8, i),
              parentSpanId: id(8, i + 1),
              name: 'POST /api/orders/:id',
              kind: 2,
              startTimeUnixNano: String(START_NANOS + BigInt(i) * 1_000n),
              endTimeUnixNano: String(START_NANOS + BigInt(i) * 1_000n + 2_000_000n),
              attributes: attributes({ 'http.request.method': 'POST', 'url.path': `/api/orders/${i}` }),
              events: [{ name: 'payment', attributes: attributes({ 'payment.provider': 'acme' }) }],
              links: [{ traceId: id(16, i + 7), spanId: id(8, i + 7), attributes: [] }],
              status: { code: 1 },
            })),
          },
        ],
      },
    ],
  });
}

/** An ExportMetricsServiceRequest: per series one sum, one gauge and one explicit histogram point. */
export function metricsPayload(series: number): Buffer {
  const point = (i: number): object => ({
    attributes: attributes({ 'http.request.method': 'GET', 'http.route': `/api/items/${i}` }),
    startTimeUnixNano: String(START_NANOS),
    timeUnixNano: String(START_NANOS + 15_000_000_000n),
  });
  const points = (more: (i: number) => object): object[] =>
    Array.from({ length: series }, (_, i) => ({ ...point(i), ...more(i) }));
  const cumulative = { aggregationTemporality: 2 };
  return encode('otlp.ExportMetricsServiceRequest', {
    resourceMetrics: [
      {
        resource: demoResource,
        scopeMetrics: [
          {
            scope,
            metrics: [
              {
                name: 'http.server.requests',
                unit: '{request}',
                sum: { ...cumulative, isMonotonic: true, dataPoints: points((i) => ({ asInt: i })) },
              },
              { name: 'queue.depth', gauge: { dataPoints: points((i) => ({ asDouble: i / 7 })) } },
              {
                name: 'http.server.request.duration',
                unit: 's',
                histogram: {
                  ...cumulative,
                  dataPoints: points((i) => ({
                    count: i + 3,
                    sum: i * 0.1,
                    bucketCounts: [1, 1, 1, i],
                    explicitBounds: [0.1, 0.5, 1],
                    exemplars: [{ asDouble: 0.3, traceId: id(16, i), spanId: id(8, i) }],
                  })),
                },
              },
            ],
          },
        ],
      },
    ],
  });
}

const seriesLabels = (i: number): [string, string][] => [
  ['__name__', 'http_server_request_duration_seconds_bucket'],
  ['cluster', 'eu-west-1'],
  ['container', 'checkout'],
  ['instance', `10.42.${(i >> 8) & 255}.${i & 255}:9090`],
  ['job', 'kubernetes-pods'],
  ['le', ['0.1', '0.5', '1', '+Inf'][i & 3] as string],
  ['method', 'POST'],
  ['namespace', 'shop'],
  ['pod', `checkout-7d9c5b6f4-${i.toString(36).padStart(5, '0')}`],
  ['route', `/api/orders/${i % 40}`],
];

const START_MILLIS = 1_790_000_000_000;

/** The bits of a double, as the test schema carries sample values. */
export function doubleBits(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return String(view.getBigUint64(0));
}

/** A `prometheus.WriteRequest` of one sample a series and ten labels each, not compressed. */
export function writeRequestV1(series: number): Buffer {
  return encode('remotewrite.V1.WriteRequest', {
    timeseries: Array.from({ length: series }, (_, i) => ({
      labels: seriesLabels(i).map(([name, value]) => ({ name, value })),
      samples: [{ valueBits: doubleBits(i * 1.5), timestamp: START_MILLIS + i }],
    })),
  });
}

/** The same series as an `io.prometheus.write.v2.Request`, not compressed. */
export function writeRequestV2(series: number): Buffer {
  const symbols = new Map<string, number>([['', 0]]);
  const ref = (text: string): number => {
    const known = symbols.get(text) ?? symbols.size;
    symbols.set(text, known);
    return known;
  };
  const timeseries = Array.from({ length: series }, (_, i) => ({
    labelsRefs: seriesLabels(i).flatMap(([name, value]) => [ref(name), ref(value)]),
    samples: [{ valueBits: doubleBits(i * 1.5), timestamp: START_MILLIS + i }],
    metadata: { type: 3, helpRef: ref('How long requests take.'), unitRef: 0 },
  }));
  return encode('remotewrite.V2.Request', { symbols: [...symbols.keys()], timeseries });
}

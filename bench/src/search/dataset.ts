// What is searched: three quarters of an hour of a shop of twenty services, the same at every load but for its end.
import { doubleBits, encodeMessage, seededRng } from '@obstack/proxy/testing';
import snappy from 'snappy';
import { TENANT_ID } from '../parts/control-plane-stand-in.ts';

export interface Size {
  readonly lines: number;
  readonly spans: number;
  readonly series: number;
}
export const FULL: Size = { lines: 1_000_000, spans: 100_000, series: 5_000 };
export const QUICK: Size = { lines: 20_000, spans: 2_000, series: 500 };

/** Less than Tempo's `ingestion_time_range_slack`, which leaves time for filling. */
export const COVERED_MS = 45 * 60_000;
export const SERVICES = [
  ...['checkout', 'cart', 'payment', 'catalog', 'search', 'login', 'profile', 'shipping', 'invoice', 'stock'],
  ...['gateway', 'email', 'coupon', 'review', 'pricing', 'ledger', 'fraud', 'media', 'report', 'scheduler'],
] as const;
/** Rare, uncommon and common: each line has one of them. */
export const PHRASES = [
  { text: 'card declined by issuer', share: 0.0005 },
  { text: 'connection reset by peer', share: 0.005 },
  { text: 'upstream timed out', share: 0.02 },
  { text: 'cache miss for item', share: 0.2 },
  { text: 'request done', share: 1 },
] as const;
const LEVELS = [
  ['error', 0.02],
  ['warn', 0.07],
  ['debug', 0.3],
  ['info', 1],
] as const;
export const SPANS_PER_TRACE = 5;
const STEP_MS = 15_000;

export const traceIdOf = (trace: number): string => (trace + 1).toString(16).padStart(32, 'b');

export interface Push {
  readonly store: 'loki' | 'tempo' | 'prometheus';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Everything, in pushes of a few megabytes at most; oldest first, and traces before all, which must not
 * come late. */
export function* pushes({ lines, spans, series }: Size, endMs: number): Generator<Push> {
  const startMs = endMs - COVERED_MS;
  yield* chunks(spans / SPANS_PER_TRACE, 400, (from, to) =>
    traces(from, to, spans / SPANS_PER_TRACE, startMs),
  );
  yield* chunks(COVERED_MS / STEP_MS, 8, (from, to) => metrics(from, to, series, startMs));
  yield* chunks(lines, 10_000, (from, to) => logs(from, to, lines, spans / SPANS_PER_TRACE, startMs));
}

function* chunks<T>(count: number, size: number, of: (from: number, to: number) => T): Generator<T> {
  for (let from = 0; from < count; from += size) yield of(from, Math.min(from + size, count));
}

const JSON_HEADERS = { 'content-type': 'application/json', 'x-scope-orgid': TENANT_ID };

function chosen<T>(random: number, among: readonly (readonly [T, number])[]): T {
  const found = among.find(([, share]) => random < share) ?? among.at(-1);
  if (!found) throw new RangeError('nothing to choose from');
  return found[0];
}

function logs(from: number, to: number, all: number, traceCount: number, startMs: number): Push {
  const random = seededRng(from + 1);
  const streams = new Map<string, [string, string, Record<string, string>][]>();
  for (let n = from; n < to; n += 1) {
    const service = SERVICES[Math.floor(random() * SERVICES.length)] ?? 'checkout';
    const level = chosen(random(), LEVELS);
    const phrase = chosen(
      random(),
      PHRASES.map(({ text, share }) => [text, share] as const),
    );
    const nanos = `${BigInt(startMs) * 1_000_000n + (BigInt(n) * BigInt(COVERED_MS) * 1_000_000n) / BigInt(all)}`;
    const order = Math.floor(random() * 1e6);
    const line = `${phrase} order=${order} user=u-${order % 5_000} took=${Math.floor(random() * 900)}ms path=/api/v1/${service}/${order % 100}`;
    const trace = random() < 0.2 ? { trace_id: traceIdOf(Math.floor(random() * traceCount)) } : {};
    const entries = streams.get(service) ?? [];
    entries.push([nanos, line, { detected_level: level, ...trace }]);
    streams.set(service, entries);
  }
  const body = {
    streams: [...streams].map(([service, values]) => ({
      stream: { service_name: service, namespace: 'shop', tenant_id: TENANT_ID },
      values,
    })),
  };
  return {
    store: 'loki',
    path: '/loki/api/v1/push',
    headers: JSON_HEADERS,
    body: Buffer.from(JSON.stringify(body)),
  };
}

function traces(from: number, to: number, all: number, startMs: number): Push {
  const random = seededRng(1_000_000 + from);
  const byService = new Map<string, object[]>();
  for (let trace = from; trace < to; trace += 1) {
    const traceId = traceIdOf(trace);
    const start =
      BigInt(startMs) * 1_000_000n + (BigInt(trace) * BigInt(COVERED_MS) * 1_000_000n) / BigInt(all);
    for (let n = 0; n < SPANS_PER_TRACE; n += 1) {
      const service = SERVICES[Math.floor(random() * SERVICES.length)] ?? 'checkout';
      const spanId = (n: number): string => (trace * SPANS_PER_TRACE + n + 1).toString(16).padStart(16, 'a');
      const begin = start + BigInt(n * 2_000_000);
      const spans = byService.get(service) ?? [];
      spans.push({
        traceId,
        spanId: spanId(n),
        ...(n > 0 && { parentSpanId: spanId(n - 1) }),
        name: `${n === 0 ? 'POST' : 'GET'} /api/v1/${service}`,
        kind: n === 0 ? 2 : 3,
        startTimeUnixNano: String(begin),
        endTimeUnixNano: String(begin + BigInt(Math.floor(random() * 700) * 1_000_000)),
        status: { code: random() < 0.03 ? 2 : 1 },
        attributes: [{ key: 'http.status_code', value: { intValue: random() < 0.03 ? '500' : '200' } }],
      });
      byService.set(service, spans);
    }
  }
  const body = {
    resourceSpans: [...byService].map(([service, spans]) => ({
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: service } },
          { key: 'tenant_id', value: { stringValue: TENANT_ID } },
        ],
      },
      scopeSpans: [{ spans }],
    })),
  };
  return {
    store: 'tempo',
    path: '/v1/traces',
    headers: JSON_HEADERS,
    body: Buffer.from(JSON.stringify(body)),
  };
}

function metrics(from: number, to: number, series: number, startMs: number): Push {
  const message = encodeMessage('remotewrite.V1.WriteRequest', {
    timeseries: Array.from({ length: series }, (_, n) => ({
      labels: Object.entries({
        __name__: `shop_${['requests', 'errors', 'duration', 'queue', 'bytes'][n % 5] ?? 'x'}_${Math.floor(n / 500)}_total`,
        instance: `10.0.${Math.floor(n / 250)}.${n % 250}:9090`,
        job: SERVICES[n % SERVICES.length] ?? 'checkout',
        tenant_id: TENANT_ID,
      }).map(([name, value]) => ({ name, value })),
      samples: Array.from({ length: to - from }, (_, i) => ({
        valueBits: doubleBits((from + i) * (1 + (n % 7))),
        timestamp: startMs + (from + i) * STEP_MS,
      })),
    })),
  });
  return {
    store: 'prometheus',
    path: '/api/v1/write',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: snappy.compressSync(message),
  };
}

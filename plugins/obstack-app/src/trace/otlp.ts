/**
 * Traces as Tempo's JSON has them: OTLP (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding), with the ids
 * in Base64 where the specification wants hex. Both are read, and enums as names or as numbers.
 */
import { buildTrace, type Pair, type RawSpan, type SpanKind, type Trace } from './trace';

export interface TraceAnswer {
  trace?: { resourceSpans?: ResourceSpans[] };
  /** When Tempo had to leave out a part of it. */
  status?: string | number;
  message?: string;
}

interface ResourceSpans {
  resource?: { attributes?: KeyValue[] };
  scopeSpans?: Array<{ scope?: { name?: string; version?: string }; spans?: OtlpSpan[] }>;
}

interface OtlpSpan {
  traceId?: string;
  spanId?: string;
  parentSpanId?: string;
  name?: string;
  kind?: string | number;
  startTimeUnixNano?: string | number;
  endTimeUnixNano?: string | number;
  attributes?: KeyValue[];
  events?: Array<{ timeUnixNano?: string | number; name?: string; attributes?: KeyValue[] }>;
  links?: Array<{ traceId?: string; spanId?: string; attributes?: KeyValue[] }>;
  status?: { code?: string | number; message?: string };
}

interface KeyValue {
  key: string;
  value?: AnyValue;
}

interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string | number;
  doubleValue?: number | string;
  bytesValue?: string;
  arrayValue?: { values?: AnyValue[] };
  kvlistValue?: { values?: KeyValue[] };
}

/** Undefined when the answer holds no span. */
export function readTrace(id: string, answer: TraceAnswer): Trace | undefined {
  const spans = (answer.trace?.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const about = pairsOf(resource?.attributes);
    const service = about.find(([name]) => name === 'service.name')?.[1] ?? '';
    return (scopeSpans ?? []).flatMap(({ scope, spans: own }) =>
      (own ?? []).map((span) => rawSpan(span, service, about, scope?.name ?? ''))
    );
  });
  const isPartial = answer.status === 'PARTIAL' || answer.status === 1;
  return buildTrace(id, spans, isPartial ? (answer.message ?? '') : null);
}

function rawSpan(span: OtlpSpan, service: string, resource: Pair[], scope: string): RawSpan {
  const start = BigInt(span.startTimeUnixNano ?? 0);
  const end = BigInt(span.endTimeUnixNano ?? 0);
  return {
    id: hexOf(span.spanId),
    parentId: hexOf(span.parentSpanId) || null,
    name: span.name ?? '',
    service,
    kind: kindOf(span.kind),
    startNanos: start,
    endNanos: end > start ? end : start,
    isError: span.status?.code === 'STATUS_CODE_ERROR' || span.status?.code === 2,
    statusMessage: span.status?.message ?? '',
    attributes: pairsOf(span.attributes),
    resource,
    scope,
    events: (span.events ?? []).map(({ timeUnixNano, name, attributes }) => ({
      nanos: BigInt(timeUnixNano ?? 0),
      name: name ?? '',
      attributes: pairsOf(attributes),
    })),
    links: (span.links ?? []).map(({ traceId, spanId, attributes }) => ({
      traceId: hexOf(traceId),
      spanId: hexOf(spanId),
      attributes: pairsOf(attributes),
    })),
  };
}

const KINDS: readonly SpanKind[] = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

function kindOf(kind: string | number | undefined): SpanKind {
  if (typeof kind === 'number') {
    return KINDS[kind] ?? '';
  }
  const name = kind?.replace('SPAN_KIND_', '').toLowerCase();
  return KINDS.find((known) => known === name) ?? '';
}

/** Lower-case hex of an id in hex or Base64. 8 and 16 bytes are 12 and 24 characters of Base64, 16 and 32 of hex. */
function hexOf(id: string | undefined): string {
  if (!id || /^([0-9a-f]{16}|[0-9a-f]{32})$/i.test(id)) {
    return id?.toLowerCase() ?? '';
  }
  try {
    return Array.from(atob(id), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  } catch {
    return id;
  }
}

const pairsOf = (attributes: readonly KeyValue[] | undefined): Pair[] =>
  (attributes ?? [])
    .map(({ key, value }): Pair => [key, textOf(value)])
    .filter(([key]) => key !== 'tenant_id')
    .sort(([a], [b]) => (a < b ? -1 : 1));

function textOf(value: AnyValue | undefined): string {
  const plain = plainOf(value);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

function plainOf(value: AnyValue | undefined): unknown {
  if (!value) {
    return '';
  }
  if (value.arrayValue) {
    return (value.arrayValue.values ?? []).map(plainOf);
  }
  if (value.kvlistValue) {
    return Object.fromEntries((value.kvlistValue.values ?? []).map(({ key, value: own }) => [key, plainOf(own)]));
  }
  const { stringValue, boolValue, intValue, doubleValue, bytesValue } = value;
  return (
    stringValue ??
    boolValue ??
    (intValue === undefined ? undefined : Number(intValue)) ??
    doubleValue ??
    bytesValue ??
    ''
  );
}

// Takes everything out of a trace that does not belong to one tenant, in either encoding of either version of Tempo's
// API. A resource is the tenant's when it carries `tenant_id` as a string with exactly that value, and no other; all
// that we do not know the meaning of is left out.
import { TENANT_LABEL } from './matcher.ts';
import { BYTES, bytesField, VARINT, WireReader } from '../ingest/wire.ts';
import { refuse } from '../http/refusal.ts';

/** `v1` replies are a bare trace, `v2` replies wrap it and say whether it is complete. */
export type TraceApi = 'v1' | 'v2';

interface Unfiltered {
  readonly api: TraceApi;
  readonly encoding: 'json' | 'protobuf';
  readonly body: Buffer;
  readonly tenantId: string;
}

/** The same reply with the tenant's own resources only, or undefined when it has none. Throws a 502 refusal. */
export function filterTrace({ api, encoding, body, tenantId }: Unfiltered): Buffer | string | undefined {
  try {
    if (encoding === 'json') return filterJson(api, body, tenantId);
    return api === 'v1' ? filterTraceMessage(body, tenantId) : filterResponseMessage(body, tenantId);
  } catch (cause) {
    throw refuse.badGateway("Tempo's answer cannot be read", { cause });
  }
}

// Protobuf. Trace { repeated ResourceSpans resource_spans = 1; }, TraceByIDResponse { Trace trace = 1;
// metrics = 2; PartialStatus status = 3; string message = 4; } (tempo/pkg/tempopb/tempo.proto);
// ResourceSpans { Resource resource = 1; … }, Resource { repeated KeyValue attributes = 1; … },
// KeyValue { string key = 1; AnyValue value = 2; }, AnyValue { string string_value = 1; … } (opentelemetry-proto).

interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Tag included. */
  readonly whole: Buffer;
  /** Only for length-delimited fields. */
  readonly value: Buffer;
}

function* fields(message: Buffer): Generator<Field> {
  const reader = new WireReader(message);
  const end = message.length;
  while (reader.pos < end) {
    const start = reader.pos;
    const tag = reader.tag(end);
    const wireType = tag & 7;
    const valueStart = reader.pos;
    reader.skip(wireType, end);
    let value = message.subarray(valueStart, reader.pos);
    if (wireType === BYTES) {
      reader.pos = valueStart;
      const length = reader.length(end);
      value = message.subarray(reader.pos, reader.pos + length);
      reader.pos += length;
    }
    yield { number: tag >>> 3, wireType, whole: message.subarray(start, reader.pos), value };
  }
}

function* messages(message: Buffer, number: number): Generator<Field> {
  for (const field of fields(message)) {
    if (field.number === number && field.wireType === BYTES) yield field;
  }
}

function filterTraceMessage(trace: Buffer, tenantId: string): Buffer | undefined {
  const own: Buffer[] = [];
  for (const { whole, value } of messages(trace, 1)) {
    if (isOwnResourceSpans(value, tenantId)) own.push(whole);
  }
  return own.length > 0 ? Buffer.concat(own) : undefined;
}

function filterResponseMessage(response: Buffer, tenantId: string): Buffer | undefined {
  const traces: Buffer[] = [];
  const rest: Buffer[] = [];
  for (const { number, wireType, whole, value } of fields(response)) {
    if (number === 1 && wireType === BYTES) {
      const own = filterTraceMessage(value, tenantId);
      if (own) traces.push(own);
    } else if ((number === 3 && wireType === VARINT) || (number === 4 && wireType === BYTES)) {
      rest.push(whole);
    }
  }
  return traces.length > 0 ? Buffer.concat([bytesField(1, Buffer.concat(traces)), ...rest]) : undefined;
}

function isOwnResourceSpans(resourceSpans: Buffer, tenantId: string): boolean {
  const owners: unknown[] = [];
  for (const { value: resource } of messages(resourceSpans, 1)) {
    for (const { value: attribute } of messages(resource, 1)) {
      const key = lastText(attribute, 1);
      if (key === TENANT_LABEL) owners.push(lastText(lastMessage(attribute, 2), 1));
    }
  }
  return isOwn(owners, tenantId);
}

function lastMessage(message: Buffer, number: number): Buffer {
  let last: Buffer = Buffer.alloc(0);
  for (const { value } of messages(message, number)) last = value;
  return last;
}

const lastText = (message: Buffer, number: number): string => lastMessage(message, number).toString('utf8');

const isOwn = (owners: readonly unknown[], tenantId: string): boolean =>
  owners.length > 0 && owners.every((owner) => owner === tenantId);

// JSON, as Tempo writes it: the same messages by their JSON names, except that v1 calls its resource spans `batches`.

interface JsonResourceSpans {
  resource?: { attributes?: { key?: unknown; value?: { stringValue?: unknown } }[] };
}

interface JsonReply {
  batches?: JsonResourceSpans[];
  trace?: { resourceSpans?: JsonResourceSpans[] };
  status?: unknown;
  message?: unknown;
}

function filterJson(api: TraceApi, body: Buffer, tenantId: string): string | undefined {
  const reply = JSON.parse(body.toString('utf8')) as JsonReply;
  const all = (api === 'v1' ? reply.batches : reply.trace?.resourceSpans) ?? [];
  const own = all.filter(({ resource }) => {
    const owners = (resource?.attributes ?? []).filter(({ key }) => key === TENANT_LABEL);
    return isOwn(
      owners.map(({ value }) => value?.stringValue),
      tenantId,
    );
  });
  if (own.length === 0) return undefined;
  if (api === 'v1') return JSON.stringify({ batches: own });
  const { status, message } = reply;
  return JSON.stringify({ trace: { resourceSpans: own }, status, message });
}

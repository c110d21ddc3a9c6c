// Replies of OTLP/HTTP, in the type of the request (opentelemetry-proto docs/specification.md, "OTLP/HTTP Response").
import { BYTES, WireReader } from './wire.ts';

export type OtlpType = 'application/x-protobuf' | 'application/json';

/** An Export*ServiceResponse without `partial_success`: everything was accepted. */
export const FULL_SUCCESS: Record<OtlpType, Buffer> = {
  'application/x-protobuf': Buffer.alloc(0),
  'application/json': Buffer.from('{}'),
};

/** The message of a google.rpc.Status; empty when there is none that can be read. */
export function statusMessage(type: OtlpType, body: Buffer): string {
  try {
    return type === 'application/json' ? jsonMessage(body) : protobufMessage(body);
  } catch {
    return '';
  }
}

/**
 * What a store said, out of the words that the Collector's otlphttp exporter puts around it: those name internal
 * addresses (exporter/otlphttpexporter/otlp.go, export).
 */
export function storeMessage(message: string): string {
  if (!message.includes('error exporting items, request to')) return message;
  return /, Message=(.*), Details=/s.exec(message)?.[1] ?? '';
}

function jsonMessage(body: Buffer): string {
  const status = JSON.parse(body.toString('utf8')) as { message?: unknown } | null;
  return typeof status?.message === 'string' ? status.message : '';
}

function protobufMessage(body: Buffer): string {
  const reader = new WireReader(body);
  let message = '';
  while (reader.pos < body.length) {
    const tag = reader.tag(body.length);
    if (tag === 2 * 8 + BYTES) {
      const end = reader.length(body.length) + reader.pos;
      message = body.toString('utf8', reader.pos, end);
      reader.pos = end;
    } else {
      reader.skip(tag & 7, body.length);
    }
  }
  return message;
}

// An encoder and decoder of the push protocols that shares no code with the one under test (protobufjs, from
// the hand-written .proto files beside this one). For tests, payload builders and benchmarks.
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const root = new protobuf.Root();
root.loadSync([path('otlp.proto'), path('remote-write.proto')]);

export type MessageName =
  | `otlp.Export${'Logs' | 'Metrics' | 'Trace'}Service${'Request' | 'Response'}`
  | 'otlp.Status'
  | 'otlp.KeyValue'
  | 'otlp.TwoResources'
  | 'remotewrite.V1.WriteRequest'
  | 'remotewrite.V2.Request';

export const messageType = (name: string): protobuf.Type => root.lookupType(name);

/** @param message fields in lowerCamelCase; 64-bit integers as string or number, bytes as Uint8Array */
export function encode(name: MessageName, message: object): Buffer {
  const type = root.lookupType(name);
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}

/** Throws on anything that is not exactly one message. 64-bit integers come back as strings, bytes as arrays. */
export function decode(name: MessageName, bytes: Uint8Array): Record<string, unknown> {
  const type = root.lookupType(name);
  return type.toObject(type.decode(bytes), { longs: String, bytes: Array });
}

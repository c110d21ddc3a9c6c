/**
 * A Prometheus remote_write 1.0 request of one sample: `prometheus.WriteRequest` of prompb/remote.proto, in a snappy
 * block. Written by hand: five kinds of field do not need a protobuf library.
 */
import { compressSync } from 'snappy';

export const REMOTE_WRITE_METRIC = 'obstack_verify_remote_write';

/** @param timestamp milliseconds since the epoch */
export function remoteWriteRequest(
  labels: Readonly<Record<string, string>>,
  value: number,
  timestamp: number,
): Uint8Array {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const series = [
    ...sorted.map(([name, text]) => message(1, [bytes(1, Buffer.from(name)), bytes(2, Buffer.from(text))])),
    message(2, [double(1, value), varintField(2, timestamp)]),
  ];
  return compressSync(message(1, series));
}

const WIRE = { varint: 0, fixed64: 1, bytes: 2 } as const;

function tag(field: number, wire: number): Buffer {
  return varint((field << 3) | wire);
}

function message(field: number, content: Buffer[]): Buffer {
  return bytes(field, Buffer.concat(content));
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([tag(field, WIRE.bytes), varint(content.length), content]);
}

function double(field: number, value: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([tag(field, WIRE.fixed64), content]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([tag(field, WIRE.varint), varint(value)]);
}

/** Base 128, least significant group first. Arithmetic, not shifts: a timestamp does not fit in 32 bits. */
function varint(value: number): Buffer {
  const groups: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) groups.push((rest % 128) + 128);
  return Buffer.from([...groups, rest]);
}

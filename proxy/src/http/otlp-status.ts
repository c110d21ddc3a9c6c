// google.rpc.Status { int32 code = 1; string message = 2; } in protobuf, which OTLP/HTTP wants as the body of
// every 4xx and 5xx (opentelemetry-proto docs/specification.md, "Failures").

export function encodeStatus(code: number, message: string): Buffer {
  const text = Buffer.from(message);
  return Buffer.concat([Buffer.from([0x08, code, 0x12, ...varint(text.length)]), text]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

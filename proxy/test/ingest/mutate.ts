// Bytes that were valid once: what a fuzzer of a decoder should begin with.
import fc from 'fast-check';

const change = fc.tuple(
  fc.constantFrom('set', 'insert', 'remove', 'repeat'),
  fc.nat(1_000_000),
  fc.oneof(fc.nat(255), fc.constantFrom(0x00, 0x0a, 0x12, 0x32, 0x7f, 0x80, 0xff)),
);

/** One to four bytes set, put in or taken out, or a stretch repeated. */
export const mutate = (valid: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc.tuple(valid, fc.array(change, { minLength: 1, maxLength: 4 })).map(([bytes, changes]) =>
    changes.reduce((body, [kind, where, byte]) => {
      const at = where % (body.length + 1);
      const after = body.subarray(at);
      switch (kind) {
        case 'set':
          return Buffer.concat([body.subarray(0, at), Buffer.from([byte]), after.subarray(1)]);
        case 'insert':
          return Buffer.concat([body.subarray(0, at), Buffer.from([byte]), after]);
        case 'remove':
          return Buffer.concat([body.subarray(0, at), after.subarray(1)]);
        default:
          return Buffer.concat([body.subarray(0, at), after.subarray(0, byte), after]);
      }
    }, bytes),
  );

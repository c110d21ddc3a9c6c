// Random messages of any type of the test schema, so that a property covers every level without naming it.
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { messageType } from './codec.ts';
import { INNOCENT, SPOOFS } from './model.ts';

type Message = Record<string, unknown>;

const name = fc.oneof(
  fc.constantFrom(...SPOOFS, ...INNOCENT, 'service.name', ''),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);

const long = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String);
const SCALARS: Record<string, fc.Arbitrary<unknown>> = {
  string: fc.string({ unit: 'grapheme', maxLength: 150 }),
  bytes: fc.uint8Array({ maxLength: 16 }),
  bool: fc.boolean(),
  double: fc.double(),
  int32: fc.integer(),
  sint32: fc.integer(),
  uint32: fc.nat(),
  fixed32: fc.nat(),
  int64: long,
  uint64: long,
  sint64: long,
  fixed64: long,
  sfixed64: long,
};

/** @param depth how many levels of messages below this one */
export function arbitraryMessage(typeName: string, depth: number): fc.Arbitrary<Message> {
  return ofType(messageType(typeName), depth);
}

function ofType(type: protobuf.Type, depth: number): fc.Arbitrary<Message> {
  const shape: Record<string, fc.Arbitrary<unknown>> = {};
  const oneofs = new Map<string, Record<string, fc.Arbitrary<unknown>>>();
  for (const field of type.fieldsArray) {
    const value = ofField(type, field, depth);
    if (!value) continue;
    // An `optional` field is a oneof of its own to protobufjs.
    const group = field.partOf && field.partOf.oneof.length > 1 ? field.partOf.name : undefined;
    if (group === undefined) shape[field.name] = value;
    else oneofs.set(group, { ...oneofs.get(group), [field.name]: value });
  }
  const choices = [...oneofs.values()].map((fields) =>
    fc.oneof(...Object.entries(fields).map(([key, value]) => value.map((chosen) => ({ [key]: chosen })))),
  );
  return fc
    .tuple(fc.record(shape, { requiredKeys: [] }), ...choices)
    .map((parts) => Object.assign({}, ...parts) as Message);
}

function ofField(
  type: protobuf.Type,
  field: protobuf.Field,
  depth: number,
): fc.Arbitrary<unknown> | undefined {
  field.resolve();
  if (type.name === 'KeyValue' && field.name === 'key') return name;
  let one: fc.Arbitrary<unknown> | undefined = SCALARS[field.type];
  if (field.resolvedType instanceof protobuf.Type) {
    one = depth > 0 ? ofType(field.resolvedType, depth - 1) : undefined;
  }
  if (!one) return undefined;
  return field.repeated ? fc.array(one, { maxLength: 2 }) : one;
}

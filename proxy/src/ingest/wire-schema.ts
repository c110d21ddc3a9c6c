// Message descriptions, as far as walking over the wire format needs them: which field has which wire type, and
// which holds a message. Compiled into flat tables, because a push has tens of thousands of fields.
import { isUtf8 } from 'node:buffer';
import { BYTES, FIXED32, FIXED64, MAX_DEPTH, undecodable, VARINT } from './wire.ts';
import type { WireReader } from './wire.ts';

type Scalar = 'varint' | 'fixed64' | 'fixed32' | 'bytes' | 'utf8' | 'fixed64s' | 'varints';

/** By message name and field number: a scalar, or the name of the message it holds. */
type Descriptions = Record<string, Record<number, string>>;

export interface Schema<Name extends string = string> {
  /** The rule of field `f` of message type `t` is at `t * FIELDS + f`. */
  readonly rules: Uint8Array;
  typeOf(name: Name): number;
}

/** The rule of a field that is not described. */
export const UNKNOWN = 0;
const SCALARS: Record<Scalar, number> = {
  varint: 1,
  fixed64: 2,
  fixed32: 3,
  bytes: 4,
  utf8: 5,
  fixed64s: 6,
  varints: 7,
};
/** From this rule up to MESSAGE, `checkContent` has something to check. */
export const CHECKED = SCALARS.utf8;
/** From this rule on, a field holds the message of type `rule - MESSAGE`. */
export const MESSAGE = 8;
/** Numbers above this one have no rule. */
export const FIELDS = 32;

/** By rule and wire type: whether they go together. Packed and unpacked are both legal for repeated numbers. */
export const FITS = new Uint8Array(256 * 8);
const fit = (rule: number, ...wireTypes: number[]): void => {
  for (const wireType of wireTypes) FITS[rule * 8 + wireType] = 1;
};
fit(UNKNOWN, VARINT, FIXED64, BYTES, FIXED32);
fit(SCALARS.varint, VARINT);
fit(SCALARS.fixed64, FIXED64);
fit(SCALARS.fixed32, FIXED32);
fit(SCALARS.bytes, BYTES);
fit(SCALARS.utf8, BYTES);
fit(SCALARS.fixed64s, FIXED64, BYTES);
fit(SCALARS.varints, VARINT, BYTES);
for (let rule = MESSAGE; rule < 256; rule++) fit(rule, BYTES);

export function compileSchema<const D extends Descriptions>(descriptions: D): Schema<keyof D & string> {
  const names = Object.keys(descriptions);
  const rules = new Uint8Array(names.length * FIELDS);
  for (const [type, name] of names.entries()) {
    for (const [field, kind] of Object.entries(descriptions[name] as Record<string, string>)) {
      const rule = kind in SCALARS ? SCALARS[kind as Scalar] : MESSAGE + names.indexOf(kind);
      rules[type * FIELDS + Number(field)] = rule;
    }
  }
  return { rules, typeOf: (name) => names.indexOf(name) };
}

/** Validates the message of this type from `reader.pos` to `end` and leaves the reader there. */
export function checkMessage(reader: WireReader, schema: Schema, type: number, end: number, depth = 0): void {
  if (depth > MAX_DEPTH) throw undecodable('messages nested too deep', reader.pos);
  while (reader.pos < end) {
    const tag = reader.tag(end);
    const field = tag >>> 3;
    const wireType = tag & 7;
    const rule = field < FIELDS ? (schema.rules[type * FIELDS + field] as number) : UNKNOWN;
    if (FITS[rule * 8 + wireType] === 0) throw undecodable(`a field of wire type ${wireType}`, reader.pos);
    if (wireType !== BYTES) {
      reader.skip(wireType, end);
      continue;
    }
    const stop = reader.length(end) + reader.pos;
    if (rule >= MESSAGE) checkMessage(reader, schema, rule - MESSAGE, stop, depth + 1);
    else checkContent(reader, rule, reader.pos, stop);
    reader.pos = stop;
  }
}

/** Validates what a length-delimited field without a message in it holds. Moves the reader. */
export function checkContent(reader: WireReader, rule: number, start: number, end: number): void {
  if (rule === SCALARS.utf8) {
    checkUtf8(reader, start, end);
  } else if (rule === SCALARS.fixed64s) {
    if ((end - start) % 8 !== 0) throw undecodable('a list of numbers that is cut short', start);
  } else if (rule === SCALARS.varints) {
    reader.pos = start;
    while (reader.pos < end) reader.uint(end);
  }
}

export function checkUtf8(reader: WireReader, start: number, end: number): void {
  if (!isAscii(reader.view, start, end) && !isUtf8(reader.buf.subarray(start, end))) {
    throw undecodable('a text that is not UTF-8', start);
  }
}

/** Four bytes at a time: this reads every name. */
export function isAscii(view: DataView, start: number, end: number): boolean {
  let bits = 0;
  let pos = start;
  for (; pos + 4 <= end; pos += 4) bits |= view.getInt32(pos);
  for (; pos < end; pos++) bits |= view.getInt8(pos);
  return (bits & 0x8080_8080) === 0;
}

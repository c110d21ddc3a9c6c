// Message descriptions, as far as walking over the wire format needs them: which field has which wire type, and
// which holds a message. Compiled into flat tables, because a push has tens of thousands of fields.
import { isUtf8 } from 'node:buffer';
import type { Refusal } from '../http/refusal.ts';
import { BYTES, FIXED32, FIXED64, MAX_DEPTH, undecodable, VARINT } from './wire.ts';
import type { WireReader } from './wire.ts';

type Scalar = 'varint' | 'fixed64' | 'fixed32' | 'bytes' | 'utf8' | 'fixed64s' | 'varints';

/** By message name and field number: a scalar, or the name of the message it holds. */
type Descriptions = Record<string, Record<number, string>>;

export interface Schema<Name extends string = string> {
  /** The shape of what follows tag `g` in a message of type `t` is at `t * TAGS + g`. */
  readonly shapes: Uint8Array;
  typeOf(name: Name): number;
}

/** No field may begin with this tag: another wire type than the field has, a group, field number 0. */
export const ILLEGAL = 0;
const SHAPES: Record<Scalar, number> = {
  varint: 1,
  fixed64: 2,
  fixed32: 3,
  bytes: 4,
  utf8: 5,
  fixed64s: 6,
  varints: 7,
};
export const { varint: VARINT_SHAPE, fixed64: FIXED64_SHAPE, bytes: BYTES_SHAPE } = SHAPES;
/** From this shape on, it is the message of type `shape - MESSAGE`. */
export const MESSAGE = 8;
/** Fields with larger tags are not described. */
export const TAGS = 256;

/** The shape of a field that is not described, by its wire type. */
export const UNKNOWN = new Uint8Array(8);
UNKNOWN[VARINT] = SHAPES.varint;
UNKNOWN[FIXED64] = SHAPES.fixed64;
UNKNOWN[BYTES] = SHAPES.bytes;
UNKNOWN[FIXED32] = SHAPES.fixed32;

/** What a described field may look like: its shape by wire type. Repeated numbers may be packed or not. */
const FITTING: Record<Scalar, Record<number, number>> = {
  varint: { [VARINT]: SHAPES.varint },
  fixed64: { [FIXED64]: SHAPES.fixed64 },
  fixed32: { [FIXED32]: SHAPES.fixed32 },
  bytes: { [BYTES]: SHAPES.bytes },
  utf8: { [BYTES]: SHAPES.utf8 },
  fixed64s: { [FIXED64]: SHAPES.fixed64, [BYTES]: SHAPES.fixed64s },
  varints: { [VARINT]: SHAPES.varint, [BYTES]: SHAPES.varints },
};

export function compileSchema<const D extends Descriptions>(descriptions: D): Schema<keyof D & string> {
  const names = Object.keys(descriptions);
  const shapes = new Uint8Array(names.length * TAGS);
  for (const [type, name] of names.entries()) {
    const fields = descriptions[name] as Record<number, string>;
    for (let tag = 8; tag < TAGS; tag++) {
      const wireType = tag & 7;
      const kind = fields[tag >>> 3];
      let shape = UNKNOWN[wireType];
      if (kind !== undefined) {
        const fitting =
          kind in FITTING ? FITTING[kind as Scalar] : { [BYTES]: MESSAGE + names.indexOf(kind) };
        shape = fitting[wireType];
      }
      shapes[type * TAGS + tag] = shape ?? ILLEGAL;
    }
  }
  return { shapes, typeOf: (name) => names.indexOf(name) };
}

/** Validates the message of this type from `reader.pos` to `end` and leaves the reader there. */
export function checkMessage(reader: WireReader, schema: Schema, type: number, end: number, depth = 0): void {
  if (depth > MAX_DEPTH) throw undecodable('messages nested too deep', reader.pos);
  while (reader.pos < end) {
    const at = reader.pos;
    const tag = reader.tag(end);
    const shape = (tag < TAGS ? schema.shapes[type * TAGS + tag] : UNKNOWN[tag & 7]) as number;
    if (shape === ILLEGAL) throw illegal(tag, at);
    if (shape < BYTES_SHAPE) {
      reader.skip(tag & 7, end);
      continue;
    }
    const stop = reader.length(end) + reader.pos;
    if (shape >= MESSAGE) checkMessage(reader, schema, shape - MESSAGE, stop, depth + 1);
    else checkContent(reader, shape, reader.pos, stop);
    reader.pos = stop;
  }
}

export const illegal = (tag: number, at: number): Refusal =>
  undecodable(`field ${tag >>> 3} with wire type ${tag & 7}`, at);

/** Validates what a length-delimited field without a message in it holds. Moves the reader. */
export function checkContent(reader: WireReader, shape: number, start: number, end: number): void {
  if (shape === SHAPES.utf8) {
    checkUtf8(reader, start, end);
  } else if (shape === SHAPES.fixed64s) {
    if ((end - start) % 8 !== 0) throw undecodable('a list of numbers that is cut short', start);
  } else if (shape === SHAPES.varints) {
    reader.pos = start;
    while (reader.pos < end) reader.uint(end);
  }
}

export function checkUtf8(reader: WireReader, start: number, end: number): void {
  if (!isAscii(reader.view, start, end) && !isUtf8(reader.buf.subarray(start, end))) {
    throw undecodable('a text that is not UTF-8', start);
  }
}

/** Four bytes at a time, the last four once more where they do not come out even: this reads every name. */
export function isAscii(view: DataView, start: number, end: number): boolean {
  let bits = 0;
  let pos = start;
  if (end - start < 4) {
    for (; pos < end; pos++) bits |= view.getInt8(pos);
  } else {
    for (; pos < end - 4; pos += 4) bits |= view.getInt32(pos, true);
    bits |= view.getInt32(end - 4, true);
  }
  return (bits & 0x8080_8080) === 0;
}

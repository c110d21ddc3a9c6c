// Reading and writing the protobuf wire format in place (https://protobuf.dev/programming-guides/encoding/).
// Stricter than the stores' own decoders on purpose: what one of them might read differently is refused here.
import { refuse } from '../http/refusal.ts';
import type { Refusal } from '../http/refusal.ts';

/** Wire types. Groups (3 and 4) were never part of proto3, and no sender of ours uses them: refused. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/** What may be nested in what; the limit of protobuf's own C++ and Java decoders. */
export const MAX_DEPTH = 100;

/** @param at offset in the decoded body, in bytes */
export const undecodable = (what: string, at: number): Refusal =>
  refuse.undecodable(`the body cannot be decoded: ${what} at byte ${at}`);

export class WireReader {
  readonly buf: Uint8Array;
  readonly view: DataView;
  /** Where the next read begins. */
  pos = 0;

  constructor(buf: Uint8Array) {
    this.buf = buf;
    this.view = new DataView(buf.buffer, buf.byteOffset, buf.byteLength);
  }

  /** Reads a field's tag: `tag >>> 3` is its number, `tag & 7` its wire type. */
  tag(end: number): number {
    const at = this.pos;
    const tag = this.uint(end);
    // gogo/protobuf and pdata cut a field number to 32 bits, so that a larger one would come out as another,
    // known field that we had taken for an unknown one.
    // Some readers stop at five bytes, which 32 bits need at most, and some read on: the same bytes would be two messages.
    if (tag > 0xffff_ffff || tag < 8 || this.pos - at > 5) throw undecodable('an illegal field number', at);
    return tag;
  }

  /** Reads the length of a length-delimited value and makes sure that the value ends within `end`. */
  length(end: number): number {
    const at = this.pos;
    const length = this.uint(end);
    if (length > end - this.pos) throw undecodable('a length that points past its message', at);
    return length;
  }

  /** Reads a varint as an unsigned number; exact up to 2^53, which is all that sizes and references need. */
  uint(end: number): number {
    const { buf, pos } = this;
    // Nearly all take one byte or two.
    if (pos + 1 < end) {
      const first = buf[pos] as number;
      if (first < 0x80) {
        this.pos = pos + 1;
        return first;
      }
      const second = buf[pos + 1] as number;
      if (second < 0x80) {
        this.pos = pos + 2;
        return (first & 0x7f) | (second << 7);
      }
    }
    return this.#varint(end);
  }

  /** Steps over a value of this wire type; for BYTES the length has been read and is given. */
  skip(wireType: number, end: number): void {
    switch (wireType) {
      case VARINT:
        this.uint(end);
        return;
      case FIXED64:
        return this.#advance(8, end);
      case BYTES:
        return this.#advance(this.length(end), end);
      case FIXED32:
        return this.#advance(4, end);
      default:
        throw undecodable(`the wire type ${wireType}`, this.pos);
    }
  }

  #advance(bytes: number, end: number): void {
    if (bytes > end - this.pos) throw undecodable('a value that is cut short', this.pos);
    this.pos += bytes;
  }

  #varint(end: number): number {
    const at = this.pos;
    const limit = Math.min(end, at + 10);
    let value = 0;
    let factor = 1;
    for (let pos = at; pos < limit; pos++) {
      const byte = this.buf[pos] as number;
      value += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte < 0x80) {
        if (pos === at + 9 && byte > 1) break;
        this.pos = pos + 1;
        return value;
      }
    }
    throw undecodable(limit === end ? 'a number that is cut short' : 'a number of more than 64 bits', at);
  }
}

/** How many bytes `value`, a safe integer, takes as a varint. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

/** Writes `value`, a safe integer, and returns the offset after it. */
export function writeVarint(out: Uint8Array, at: number, value: number): number {
  let pos = at;
  let rest = value;
  while (rest >= 128) {
    out[pos++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  out[pos++] = rest;
  return pos;
}

/** One length-delimited field. */
export function bytesField(field: number, payload: Uint8Array): Buffer {
  const tag = field * 8 + BYTES;
  const out = Buffer.alloc(varintSize(tag) + varintSize(payload.length) + payload.length);
  out.set(payload, writeVarint(out, writeVarint(out, 0, tag), payload.length));
  return out;
}

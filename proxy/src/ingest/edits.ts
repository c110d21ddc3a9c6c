// What is to change in a body, collected in one pass and applied in one copy, or in less than one.
import { varintSize, writeVarint } from './wire.ts';

const NOTHING = -1;

/** Gives a buffer of this many bytes, with anything in it. */
export type Allocate = (bytes: number) => Buffer;

/** Memory of its own for each. */
export const fresh: Allocate = (bytes) => Buffer.allocUnsafe(bytes);

/**
 * An ordered list of replacements. Each is three numbers: where the replaced range starts and ends, and what
 * comes in its place: a varint (a value of 0 or more), nothing (−1), or the piece −2 − value.
 */
export class Edits {
  readonly #list: number[] = [];
  readonly #pieces: Uint8Array[];

  /** @param pieces the texts that `insert` may put in, by index */
  constructor(pieces: readonly Uint8Array[]) {
    this.#pieces = [...pieces];
  }

  /** The place in the list where the next edit goes; `insert` and `relength` may come back to it. */
  get mark(): number {
    return this.#list.length;
  }

  /** @returns by how many bytes the body grows: less than zero */
  remove(start: number, end: number): number {
    const list = this.#list;
    // A neighbour of what was just removed makes that longer: a hostile body could have millions of them.
    if (list.at(-1) === NOTHING && list.at(-2) === start) list[list.length - 2] = end;
    else list.push(start, end, NOTHING);
    return start - end;
  }

  /**
   * @param mark taken before the first edit that comes after this one in the body
   * @returns by how many bytes the body grows
   */
  insert(mark: number, at: number, piece: number): number {
    this.#put(mark, at, at, -2 - piece);
    return (this.#pieces[piece] as Uint8Array).length;
  }

  /**
   * Replaces the length `[start, end)` of a message whose content has grown by `growth`.
   * @param mark taken before the edits inside that message, which come after this one in the body
   * @returns by how many bytes the body grows, the content included
   */
  relength(mark: number, start: number, end: number, length: number, growth: number): number {
    const now = length + growth;
    this.#put(mark, start, end, now);
    return growth + varintSize(now) - (end - start);
  }

  /** Keeps a place for the `settle` of a message that will surely grow, which is cheaper than `relength`. */
  reserve(): number {
    return this.#list.push(0, 0, NOTHING) - 3;
  }

  /** `relength` in a place that was kept. */
  settle(slot: number, start: number, end: number, length: number, growth: number): number {
    const now = length + growth;
    this.#list[slot] = start;
    this.#list[slot + 1] = end;
    this.#list[slot + 2] = now;
    return growth + varintSize(now) - (end - start);
  }

  /** Puts bytes in a place that was kept. */
  settleBytes(slot: number, at: number, bytes: Uint8Array): number {
    this.#list[slot] = at;
    this.#list[slot + 1] = at;
    this.#list[slot + 2] = -1 - this.#pieces.push(bytes);
    return bytes.length;
  }

  /**
   * @param growth the sum of what the calls above returned
   * @param allocate gives the memory for the result, all of which is written
   */
  apply(body: Uint8Array, growth: number, allocate: Allocate): Buffer {
    return this.#assemble(body, allocate(body.length + growth));
  }

  /**
   * `apply` within the memory of the body itself: what comes before the last edit moves towards the front, and the
   * rest, which is most of it, stays where it is. The body is no more what it was then.
   * @param headroom how many bytes before the body, in the same memory, are free
   * @returns undefined, with the body as it was, when that does not do: no room, or something goes
   */
  applyInPlace(body: Uint8Array, growth: number, headroom: number): Buffer | undefined {
    if (growth > headroom || !this.#onlyGrows()) return undefined;
    const out = Buffer.from(body.buffer as ArrayBuffer, body.byteOffset - growth, body.length + growth);
    return this.#assemble(body, out);
  }

  /** Then what is written never overtakes what is read. */
  #onlyGrows(): boolean {
    const list = this.#list;
    for (let i = 0; i < list.length; i += 3) {
      const size = (list[i + 1] as number) - (list[i] as number);
      const value = list[i + 2] as number;
      if (value >= NOTHING && size > (value === NOTHING ? 0 : varintSize(value))) return false;
    }
    return true;
  }

  #assemble(body: Uint8Array, out: Buffer): Buffer {
    const list = this.#list;
    let from = 0;
    let to = 0;
    for (let i = 0; i < list.length; i += 3) {
      const start = list[i] as number;
      const end = list[i + 1] as number;
      const value = list[i + 2] as number;
      // A varint that takes the same room is written over the copy below: that halves the number of copies.
      if (value >= 0 && varintSize(value) === end - start) continue;
      to = copy(body, from, start, out, to);
      if (value >= 0) to = writeVarint(out, to, value);
      else if (value !== NOTHING) to = this.#copyPiece(-2 - value, out, to);
      from = end;
    }
    const isInPlace = out.buffer === body.buffer && out.byteOffset + to === body.byteOffset + from;
    if (!isInPlace) copy(body, from, body.length, out, to);
    this.#writeVarints(out);
    return out;
  }

  #writeVarints(out: Uint8Array): void {
    const list = this.#list;
    let shift = 0;
    for (let i = 0; i < list.length; i += 3) {
      const start = list[i] as number;
      const value = list[i + 2] as number;
      let size = 0;
      if (value >= 0) size = writeVarint(out, start + shift, value) - start - shift;
      else if (value !== NOTHING) size = (this.#pieces[-2 - value] as Uint8Array).length;
      shift += size - (list[i + 1] as number) + start;
    }
  }

  #copyPiece(index: number, out: Uint8Array, at: number): number {
    const piece = this.#pieces[index] as Uint8Array;
    out.set(piece, at);
    return at + piece.length;
  }

  /** Forgets what was recorded since `mark`. */
  dropSince(mark: number): void {
    this.#list.length = mark;
  }

  #put(mark: number, start: number, end: number, value: number): void {
    if (mark === this.#list.length) this.#list.push(start, end, value);
    else this.#list.splice(mark, 0, start, end, value);
  }
}

// Below this a loop is faster than the call into native code.
const SHORT = 32;

function copy(source: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  if (end - start > SHORT) {
    out.set(source.subarray(start, end), at);
  } else {
    for (let i = start, to = at; i < end; i++, to++) out[to] = source[i] as number;
  }
  return at + end - start;
}

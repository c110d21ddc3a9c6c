// Memory for large bodies, used again and again. A fresh buffer of some hundred kilobytes for every push costs more
// than looking at every field in it: the system hands out cold pages, and V8 collects its whole heap for the sake
// of what lies outside of it.
//
// What is lent here holds one tenant's data and next another's. So it is given back only by who can know that nobody
// reads it any more; whoever cannot know does nothing, and the garbage collector takes it as it takes any buffer.

export interface Lent {
  /** Exactly as long as asked for. What it holds is left over from others: overwrite all of it. */
  readonly bytes: Buffer;
  /** The memory may be lent again from now on. Only the first call counts. */
  giveBack(): void;
}

/** Smaller ones are cheap to allocate. */
const SMALLEST_CLASS = 16;
/** Larger ones are rare, and too much to keep. */
const LARGEST_CLASS = 23;

export class BufferPool {
  /** By class `n`: free blocks of 2^n bytes. */
  readonly #free = new Map<number, Buffer[]>();
  readonly #maxKept: number;
  #kept = 0;

  /** @param maxKeptBytes of memory that is not lent to anyone */
  constructor(maxKeptBytes: number) {
    this.#maxKept = maxKeptBytes;
  }

  lend(bytes: number): Lent {
    const sizeClass = 32 - Math.clz32(bytes - 1);
    if (sizeClass < SMALLEST_CLASS || sizeClass > LARGEST_CLASS) {
      return { bytes: Buffer.allocUnsafe(bytes), giveBack: () => undefined };
    }
    const free = this.#freeOf(sizeClass);
    const reused = free.pop();
    if (reused) this.#kept -= reused.length;
    const block = reused ?? Buffer.allocUnsafeSlow(2 ** sizeClass);
    let isLent = true;
    return {
      bytes: block.subarray(0, bytes),
      giveBack: () => {
        if (!isLent || this.#kept + block.length > this.#maxKept) return;
        isLent = false;
        this.#kept += block.length;
        free.push(block);
      },
    };
  }

  #freeOf(sizeClass: number): Buffer[] {
    let free = this.#free.get(sizeClass);
    if (!free) this.#free.set(sizeClass, (free = []));
    return free;
  }
}

/**
 * Frees the memory of a buffer at once instead of at some later collection. The caller must be the only one who has
 * it; whoever has it still finds it empty. Buffers that share their memory with others are left alone.
 */
export function discard(buffer: Buffer): void {
  const memory = buffer.buffer;
  if (memory instanceof ArrayBuffer && memory.byteLength === buffer.byteLength) memory.transfer(0);
}

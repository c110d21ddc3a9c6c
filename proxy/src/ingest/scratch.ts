// Memory for bytes that live within one synchronous stretch of code only, used again by the next one. What is asked
// for is forgotten at the next request for it, so it must neither be kept nor handed to anything that goes on after
// the stretch: a socket, a promise, another thread.

/** More than this is rare, and too much to keep. */
const MAX_KEPT = 8 * 1024 * 1024;

let memory = Buffer.alloc(0);

/** @returns so many bytes, with anything in them: overwrite them all */
export function scratch(bytes: number): Buffer {
  if (bytes > MAX_KEPT) return Buffer.allocUnsafe(bytes);
  if (bytes > memory.length) memory = Buffer.allocUnsafeSlow(Math.min(MAX_KEPT, bytes * 2));
  return memory.subarray(0, bytes);
}

// Bodies are large and die young: V8 would collect its whole heap for every 64 MB of them. So their memory goes back
// to the system by hand, as soon as nothing can read it any more (docs/decisions/memory-of-pushes.md).

/**
 * Frees memory that is the caller's alone; the buffer, and every other view of it, is empty from then on. What is only
 * a part of its memory, as small buffers of Node are, is left to the garbage collector.
 */
export function freeMemory(buffer: Buffer): void {
  const memory = buffer.buffer as ArrayBuffer;
  if (buffer.length > 0 && buffer.length === memory.byteLength) memory.transfer(0);
}

// The snappy block format of remote_write (https://github.com/google/snappy/blob/main/format_description.txt).
// This file owns the native library.
import { compressSync, uncompress, uncompressSync } from 'snappy';
import { refuse } from '../http/refusal.ts';
import { undecodable, WireReader } from './wire.ts';

/** Without this the library hands out memory that the garbage collector must free: ten times slower. */
const COPIED = { copyOutputData: true };

/** No element of the format stands for more: a copy of 64 bytes takes 3. */
const MAX_RATIO = 22;

/** Larger bodies are decompressed on another thread. */
const SYNC_BYTES = 4 * 1024 * 1024;

/**
 * The size that a block says it has uncompressed, in bytes; believed only if it can be true.
 * @throws Refusal 400 when it cannot, 413 when it is above `maxBytes`
 */
export function uncompressedSize(block: Uint8Array, maxBytes: number): number {
  const reader = new WireReader(block);
  const size = reader.uint(Math.min(block.length, 5));
  if (size > maxBytes) {
    throw refuse.tooLarge(`the body is larger than ${maxBytes} bytes, uncompressed`, {
      fix: 'send smaller batches',
    });
  }
  if (size > block.length * MAX_RATIO) throw undecodable('a snappy block of an impossible size', 0);
  return size;
}

/** @throws Refusal 400 when the block is not valid */
export async function uncompressBlock(block: Buffer, size: number): Promise<Buffer> {
  try {
    const bytes = size > SYNC_BYTES ? await uncompress(block, COPIED) : uncompressSync(block, COPIED);
    return bytes as Buffer;
  } catch (cause) {
    throw refuse.undecodable('the body is not a snappy block', { cause });
  }
}

export const compressBlock = (bytes: Buffer): Buffer => compressSync(bytes, COPIED);

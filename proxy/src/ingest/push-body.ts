// Reads the body of a push, decompressing as it comes: neither the compressed nor the uncompressed body is ever
// held beyond the limit, so a small body that stands for an enormous one costs no more than any other.
import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Refusal, refuse } from '../http/refusal.ts';
import { freeMemory } from './free-memory.ts';
import type { Lease } from './in-flight.ts';

export type Encoding = 'identity' | 'gzip' | 'zstd';

export interface PushBody {
  readonly bytes: Buffer;
  /** How many bytes before `bytes`, in the same memory, are free to be written to. */
  readonly headroom: number;
  /** What `bytes` lie in: memory of this push alone, for `freeMemory`. */
  readonly memory: Buffer;
}

/** A stamp takes some 60 bytes in each resource. */
const HEADROOM = 4096;

// Few large pieces instead of many of zlib's 16 KB.
const CHUNK = 128 * 1024;

const DECOMPRESSORS: Record<Exclude<Encoding, 'identity'>, () => Transform> = {
  gzip: () => createGunzip({ chunkSize: CHUNK }),
  zstd: () => createZstdDecompress({ chunkSize: CHUNK }),
};

/**
 * @param maxBytes before and after decompression
 * @throws Refusal 413 past the limit, 400 when cut short or not of that encoding, 503 when we hold too much
 */
export function readPushBody(
  request: IncomingMessage,
  encoding: Encoding,
  maxBytes: number,
  lease: Lease,
): Promise<PushBody> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return encoding === 'identity'
    ? collect(request, request, maxBytes, lease)
    : decompress(request, encoding, maxBytes, lease);
}

async function decompress(
  request: IncomingMessage,
  encoding: Exclude<Encoding, 'identity'>,
  maxBytes: number,
  lease: Lease,
): Promise<PushBody> {
  const decompressor = DECOMPRESSORS[encoding]();
  let received = 0;
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > maxBytes) decompressor.destroy(tooLarge(maxBytes));
  });
  try {
    return await collect(request, request.pipe(decompressor), maxBytes, lease);
  } finally {
    request.unpipe(decompressor);
    decompressor.destroy();
  }
}

/** Everything that `source` gives, which is the request or what it is piped into. */
function collect(
  request: IncomingMessage,
  source: Readable,
  maxBytes: number,
  lease: Lease,
): Promise<PushBody> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (error: unknown): void => {
      chunks.length = 0;
      request.pause();
      reject(error);
    };
    source.on('data', (chunk: Buffer) => {
      size += chunk.length;
      try {
        if (size > maxBytes) throw tooLarge(maxBytes);
        lease.take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        source.removeAllListeners('data');
        fail(error);
      }
    });
    source.on('end', () => {
      resolve(join(chunks, size));
    });
    source.on('error', (error) => {
      fail(source === request ? endedEarly(error) : notDecompressible(error));
    });
    request.on('close', () => {
      if (!request.complete) fail(endedEarly());
    });
  });
}

/**
 * Copied once, as any body of several pieces must be, with room before it for what stamping puts in near its front.
 * Each piece has been given to us alone, by Node's HTTP parser or by a decompressor that has ended.
 */
function join(chunks: readonly Buffer[], size: number): PushBody {
  const memory = Buffer.allocUnsafeSlow(HEADROOM + size);
  let at = HEADROOM;
  for (const chunk of chunks) {
    memory.set(chunk, at);
    at += chunk.length;
    freeMemory(chunk);
  }
  return { bytes: memory.subarray(HEADROOM), headroom: HEADROOM, memory };
}

const tooLarge = (maxBytes: number): Refusal =>
  refuse.tooLarge(`the body is larger than ${maxBytes} bytes, uncompressed`, { fix: 'send smaller batches' });

const endedEarly = (cause?: unknown): Refusal => refuse.badRequest('the request body ended early', { cause });

const notDecompressible = (error: unknown): unknown =>
  error instanceof Refusal ? error : refuse.undecodable('the body cannot be decompressed', { cause: error });

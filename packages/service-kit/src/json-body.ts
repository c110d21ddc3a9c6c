/** Reads a JSON body strictly: declared as such, in UTF-8, not encoded, of limited size. */
import type { IncomingMessage } from 'node:http';
import { InvalidError, TooLargeError, UnsupportedMediaTypeError } from './problem.ts';

const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;

/**
 * @param limit largest body taken, in bytes
 * @returns the parsed body, or `undefined` when the request has none
 * @throws UnsupportedMediaTypeError, TooLargeError, InvalidError
 */
export async function readJsonBody(request: IncomingMessage, limit: number): Promise<unknown> {
  const { headers } = request;
  if (!hasBody(request)) return undefined;
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
    throw new UnsupportedMediaTypeError('Send the body as application/json, in UTF-8.');
  }
  // A small body has no need of compression, and refusing it leaves no decompression to limit.
  if (headers['content-encoding'] !== undefined) {
    throw new UnsupportedMediaTypeError('Send the body without a content encoding.');
  }
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return parse(await readAll(request, limit));
}

/** RFC 9112 section 6.3: a body is announced by one of these two. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** Listens rather than iterates: leaving an iteration early would cut the connection before the answer. */
function readAll(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else reject(tooLarge(limit));
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => reject(new InvalidError('The body ended before it was complete.')));
    request.once('error', reject);
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new InvalidError('The body is not valid JSON.', [
      { location: 'body', message: 'Not valid JSON', fix: 'Send one JSON document in UTF-8' },
    ]);
  }
}

function tooLarge(limit: number): TooLargeError {
  return new TooLargeError(`The body is larger than ${limit} bytes.`);
}

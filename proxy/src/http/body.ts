// Reads a request body up to a limit. Nothing beyond the limit is ever kept, whatever Content-Length says.
import type { IncomingMessage } from 'node:http';
import { refuse } from './refusal.ts';

/** Resolves to the body as sent (still compressed). Rejects with 413 past `maxBytes`, 400 when cut short. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => refuse.tooLarge(`the request body is larger than ${maxBytes} bytes`);
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        request.pause();
        chunks.length = 0;
        reject(tooLarge());
      }
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks, size));
    });
    request.on('error', () => reject(refuse.badRequest('the request body ended early')));
    request.on('close', () => {
      if (!request.complete) reject(refuse.badRequest('the request body ended early'));
    });
  });
}

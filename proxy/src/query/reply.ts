// Replies that are made here rather than passed on.
import type { ServerResponse } from 'node:http';
import type { UpstreamReply } from '../upstream/forward.ts';
import { replyHeaders } from '../upstream/headers.ts';
import type { Reply } from './endpoint.ts';

export function sendBody(response: ServerResponse, contentType: string, body: string | Buffer): void {
  response.writeHead(200, ['content-type', contentType, 'content-length', String(Buffer.byteLength(body))]);
  response.end(body);
}

/** Passes a collected reply on as the store gave it; for its errors. */
export function sendAsIs(response: ServerResponse, { status, headers, body }: UpstreamReply): void {
  response.writeHead(status, replyHeaders(headers));
  response.end(body);
}

/** The same JSON for every tenant: nothing of it comes from a store. */
export function fixedAnswer(answer: object): Reply {
  const body = JSON.stringify(answer);
  return (_call, { response }) => sendBody(response, 'application/json', body);
}

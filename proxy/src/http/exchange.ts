// One request and its response, with the request target taken apart once.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuse } from './refusal.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The query string without `?`, still encoded; empty when there is none. */
  readonly search: string;
  /** Decoded path parameters of the matched route. */
  readonly params: Readonly<Record<string, string>>;
}

// Node keeps the first of these and drops the rest in silence; a backend may choose otherwise. Refused
// instead, so that what we checked and what was sent can never differ (isolation class 2).
const SINGLE = new Set(['authorization', 'content-encoding', 'content-length', 'content-type', 'x-api-key']);

/** Throws a 400 when a header that decides identity or decoding is given more than once. */
export function refuseRepeatedHeaders(request: IncomingMessage): void {
  const raw = request.rawHeaders;
  let seen: Set<string> | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen?.has(name)) throw refuse.badRequest(`the header ${name} is given more than once`);
    seen ??= new Set();
    seen.add(name);
  }
}

/** A media type in lower case without its parameters; undefined when the header is absent. */
export function mediaType(request: IncomingMessage): string | undefined {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
}

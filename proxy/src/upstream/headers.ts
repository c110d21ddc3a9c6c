// The headers of a request that leaves this process. They are built from nothing: no header of the client is
// passed on unless it is named here, so an `X-Scope-OrgID`, `X-Prom-Label-Policy` or `Connection`-listed
// header of any spelling cannot reach a store (isolation class 8).
import type { IncomingHttpHeaders } from 'node:http';

/** The storage lock: the tenant as Loki, Tempo, Mimir and the Collector know it. Set last, always. */
const STORAGE_TENANT = 'x-scope-orgid';

export interface OutgoingHeaders {
  readonly storageTenant: string;
  readonly accept?: string | undefined;
  /** `gzip` or nothing: a reply that we must read is asked for uncompressed. */
  readonly acceptEncoding?: 'gzip' | undefined;
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  /** Fixed protocol headers such as `X-Prometheus-Remote-Write-Version`; never a client's own. */
  readonly extra?: readonly string[] | undefined;
}

/** Name and value in turn, the form undici takes without copying. */
export function outgoingHeaders(wanted: OutgoingHeaders): string[] {
  const headers: string[] = wanted.extra ? [...wanted.extra] : [];
  if (wanted.accept !== undefined) headers.push('accept', wanted.accept);
  if (wanted.acceptEncoding !== undefined) headers.push('accept-encoding', wanted.acceptEncoding);
  if (wanted.contentType !== undefined) headers.push('content-type', wanted.contentType);
  if (wanted.contentEncoding !== undefined) headers.push('content-encoding', wanted.contentEncoding);
  headers.push(STORAGE_TENANT, wanted.storageTenant);
  return headers;
}

const REFUSES_GZIP = /gzip\s*;\s*q=0(?:\.0+)?\s*(?:,|$)/;

/** Whether the client can read a gzipped reply, which is then passed through as it is. */
export function acceptsGzip(headers: IncomingHttpHeaders): 'gzip' | undefined {
  const accepted = headers['accept-encoding'];
  return accepted?.includes('gzip') && !REFUSES_GZIP.test(accepted) ? 'gzip' : undefined;
}

// What of a store's reply reaches the client. Everything else (server, via, cookies, redirects) stays inside.
const REPLY_HEADERS = ['content-type', 'content-encoding', 'content-length', 'retry-after'] as const;

/** The allowed headers of a store's reply, name and value in turn. */
export function replyHeaders(headers: IncomingHttpHeaders): string[] {
  const kept: string[] = [];
  for (const name of REPLY_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') kept.push(name, value);
  }
  return kept;
}

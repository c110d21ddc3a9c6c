// Turns a refusal into the reply its client understands. Our own shape is RFC 9457 problem+json; routes that
// speak somebody else's API answer in that API's error shape, because its clients read nothing else:
// Prometheus https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview, OTLP/HTTP a
// google.rpc.Status in the request's own type, remote_write plain text.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeStatus } from './otlp-status.ts';
import type { ErrorDialect, Refusal } from './refusal.ts';

export function writeRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  dialect: ErrorDialect,
  refusal: Refusal,
  requestId: string,
): void {
  if (response.headersSent) {
    // The status is out already: cutting the connection is the only way left to say that it went wrong.
    response.destroy();
    return;
  }
  const [contentType, body] = render(request, dialect, refusal, requestId);
  const headers: Record<string, string> = {
    'content-type': contentType,
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'x-request-id': requestId,
  };
  const { retryAfterSeconds, allow } = refusal.details;
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (allow) headers['allow'] = allow.join(', ');
  if (refusal.status === 401) headers['www-authenticate'] = 'Bearer realm="obstack"';
  // Nothing more will come: all of it is here, or the client is gone.
  if (request.complete || request.destroyed) {
    response.writeHead(refusal.status, headers);
    response.end(body);
    return;
  }
  // What is left of the request body would be taken for the next request, so the connection has to go.
  headers['connection'] = 'close';
  response.writeHead(refusal.status, headers);
  response.write(body);
  lingerThenEnd(request, response);
}

const LINGER_MS = 2_000;

/**
 * Reads on for a moment before the connection is closed: closing it under a client that is still sending resets it, and
 * the client never sees why it was refused (RFC 9112 §9.6).
 */
function lingerThenEnd(request: IncomingMessage, response: ServerResponse): void {
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.unpipe();
  request.removeAllListeners('data');
  request.once('end', end).once('close', end).resume();
}

function render(
  request: IncomingMessage,
  dialect: ErrorDialect,
  refusal: Refusal,
  requestId: string,
): [contentType: string, body: string | Buffer] {
  const text = describe(refusal);
  switch (dialect) {
    case 'prometheus':
      return [
        'application/json',
        JSON.stringify({ status: 'error', errorType: errorType(refusal), error: text }),
      ];
    case 'text':
      return ['text/plain; charset=utf-8', `${text}\n`];
    case 'otlp': {
      const asJson = request.headers['content-type']?.startsWith('application/json') ?? false;
      return asJson
        ? ['application/json', JSON.stringify({ code: grpcCode(refusal.status), message: text })]
        : ['application/x-protobuf', encodeStatus(grpcCode(refusal.status), text)];
    }
    case 'problem':
      return ['application/problem+json', JSON.stringify(problem(refusal, text, requestId))];
  }
}

function describe({ message, details }: Refusal): string {
  return details.fix ? `${message}; ${details.fix}` : message;
}

// `message` is an extension member: Grafana's Loki and Tempo datasources show it to the person who asked.
function problem(refusal: Refusal, text: string, requestId: string): object {
  const { location, fix, position } = refusal.details;
  return {
    type: `urn:obstack:problem:${refusal.code.replaceAll('_', '-')}`,
    title: refusal.code.replaceAll('_', ' '),
    status: refusal.status,
    detail: text,
    message: text,
    requestId,
    ...(location && { errors: [{ location, message: refusal.message, fix, position }] }),
  };
}

// https://prometheus.io/docs/prometheus/latest/querying/api/: 400 bad_data, 404 not_found, 503 unavailable …
function errorType({ status }: Refusal): string {
  if (status === 404) return 'not_found';
  if (status === 500) return 'internal';
  if (status === 502 || status === 503) return 'unavailable';
  if (status === 504) return 'timeout';
  if (status === 401 || status === 403) return 'forbidden';
  return 'bad_data';
}

// https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
function grpcCode(status: number): number {
  switch (status) {
    case 401:
      return 16; // UNAUTHENTICATED
    case 403:
      return 7; // PERMISSION_DENIED
    case 404:
    case 405:
      return 12; // UNIMPLEMENTED
    case 408:
    case 504:
      return 4; // DEADLINE_EXCEEDED
    case 413:
    case 429:
      return 8; // RESOURCE_EXHAUSTED
    case 502:
    case 503:
      return 14; // UNAVAILABLE
    default:
      return 3; // INVALID_ARGUMENT
  }
}

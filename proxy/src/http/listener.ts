// An HTTP listener that answers the routes of one router and nothing else. Every request ends in a reply or a
// cut connection: a handler that throws is turned into a refusal here, and what is not a refusal is our own
// fault, said as 500 (503 on push routes, which clients retry) without a word of why outside the log.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { randomUUID } from 'node:crypto';
import type { Logger } from '@obstack/service-kit/logger';
import { refuseRepeatedHeaders } from './exchange.ts';
import { Refusal, refuse } from './refusal.ts';
import type { ErrorDialect } from './refusal.ts';
import type { Match, Route, Router } from './router.ts';
import { writeRefusal } from './write-refusal.ts';

export interface RequestMetrics {
  /** @param route the declared path, or `unlisted` */
  observe(route: string, status: number, seconds: number): void;
  refused(route: string, reason: string): void;
}

/** Takes over a connection that asks to become a WebSocket. */
export interface UpgradeHandler {
  readonly path: string;
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface ListenerOptions {
  readonly router: Router;
  readonly upgrade?: UpgradeHandler;
  readonly log: Logger;
  readonly metrics: RequestMetrics;
  /** Time in which a client must have sent its whole request, in milliseconds. */
  readonly requestTimeoutMs: number;
  /**
   * A connection on which nothing moves for this long is cut, in milliseconds; longer than any store may take. Without
   * it, clients that do not read their replies could hold every socket to a store.
   */
  readonly idleTimeoutMs?: number;
}

const DEFAULT_IDLE_MS = 120_000;

export function createListener(options: ListenerOptions): Server {
  const { upgrade } = options;
  const server = createServer(
    {
      requestTimeout: options.requestTimeoutMs,
      headersTimeout: Math.min(options.requestTimeoutMs, 15_000),
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 75_000,
      maxHeaderSize: 32 * 1024,
      // Any other upgrade (h2c above all) is ignored, as RFC 9110 §7.8 allows: the request stays HTTP/1.1.
      shouldUpgradeCallback: (request) =>
        upgrade !== undefined &&
        request.headers.upgrade?.toLowerCase() === 'websocket' &&
        pathOf(request.url ?? '') === upgrade.path,
    },
    (request, response) => {
      void serve(options, request, response);
    },
  );
  server.timeout = options.idleTimeoutMs ?? DEFAULT_IDLE_MS;
  if (upgrade) server.on('upgrade', (request, socket, head) => upgrade.handle(request, socket, head));
  return server;
}

async function serve(
  { router, log, metrics }: ListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const started = performance.now();
  const target = request.url ?? '';
  const path = pathOf(target);
  const match = router.match(request.method ?? '', path);
  const route = match.kind === 'found' ? match.route : undefined;
  const name = route?.path ?? 'unlisted';
  response.on('close', () => {
    // A client that leaves before its reply has begun is counted as nginx does.
    const status = response.headersSent ? response.statusCode : 499;
    metrics.observe(name, status, (performance.now() - started) / 1000);
  });
  try {
    if (match.kind === 'unlisted') throw unlisted();
    if (match.kind === 'wrong-method') throw refuse.methodNotAllowed(match.allow);
    refuseRepeatedHeaders(request);
    const search = target.slice(path.length + 1);
    await match.route.handle({ request, response, search, params: match.params });
  } catch (error) {
    refuseRequest({ request, response, route, dialect: dialectOf(match), error, log, metrics });
  }
}

// Grafana's alerting pages look for "page not found" to learn that a datasource has no ruler, and fail without it.
const unlisted = (): Refusal => refuse.notFound('page not found: there is nothing at this address');

function dialectOf(match: Match): ErrorDialect {
  switch (match.kind) {
    case 'found':
      return match.route.errors;
    case 'wrong-method':
      return match.errors;
    case 'unlisted':
      return 'problem';
  }
}

interface Failed {
  request: IncomingMessage;
  response: ServerResponse;
  route: Route | undefined;
  dialect: ErrorDialect;
  error: unknown;
  log: Logger;
  metrics: RequestMetrics;
}

function refuseRequest({ request, response, route, dialect, error, log, metrics }: Failed): void {
  const refusal = error instanceof Refusal ? error : ourFault(dialect, error);
  const requestId = randomUUID();
  const name = route?.path ?? 'unlisted';
  metrics.refused(name, refusal.code);
  const line = { requestId, route: name, status: refusal.status, reason: refusal.code, err: refusal.cause };
  if (refusal.status >= 500) log.error(line, refusal.message);
  else log.debug(line, refusal.message);
  writeRefusal(request, response, dialect, refusal, requestId);
}

/** OTLP and remote_write senders drop the data on a 500 and keep it on a 503. */
function ourFault(dialect: ErrorDialect, cause: unknown): Refusal {
  return dialect === 'otlp' || dialect === 'text'
    ? refuse.unavailable('something went wrong here', { cause, fix: 'send it again' })
    : new Refusal(500, 'internal', 'something went wrong here', { cause });
}

function pathOf(target: string): string {
  const question = target.indexOf('?');
  return question === -1 ? target : target.slice(0, question);
}

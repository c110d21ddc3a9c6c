/** The frame around an express API: request ids, one log line and one measurement per request, problems. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import { requestIdOf } from './endpoint.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { asProblemError, InvalidError, NotFoundError, type ProblemError, sendProblem } from './problem.ts';
import { redactPath } from './redact.ts';
import { REQUEST_ID_HEADER, requestIdFrom } from './request-id.ts';

export interface HttpAppOptions {
  logger: Logger;
  metrics: Metrics;
  /** Asked in order; what none of them knows is 404. */
  routers: readonly Router[];
  /** Gives errors of a library (a lost database) their meaning, or returns them as they are. */
  mapError?: (error: unknown) => unknown;
  /** Addresses and networks of reverse proxies: only their `X-Forwarded-For` is believed. */
  trustedProxies?: readonly string[];
}

export function createHttpApp({
  logger,
  metrics,
  routers,
  mapError = (e) => e,
  trustedProxies = [],
}: HttpAppOptions): Express {
  const app = express();
  app.set('trust proxy', [...trustedProxies]);
  // Tags would cost a hash per answer, and nobody asks twice for the same one.
  app.disable('x-powered-by').disable('etag');
  app.use(identify, observe(logger, metrics), ...routers);
  app.use(() => {
    throw new NotFoundError('Nothing is served at this address.');
  });
  app.use(answerErrors(logger, mapError));
  return app;
}

const identify: RequestHandler = (request, response, next) => {
  const requestId = requestIdFrom(request.headers[REQUEST_ID_HEADER]);
  response.locals['requestId'] = requestId;
  response.set(REQUEST_ID_HEADER, requestId);
  next();
};

function observe(logger: Logger, metrics: Metrics): RequestHandler {
  const duration = metrics.histogram({
    name: 'obstack_http_request_duration_seconds',
    help: 'Time to answer an API request, by endpoint and status',
    labelNames: ['endpoint', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
  });
  return (request, response, next) => {
    const start = performance.now();
    response.once('close', () => {
      const ms = performance.now() - start;
      const endpoint = (response.locals['endpoint'] as string | undefined) ?? 'none';
      const status = response.writableFinished ? response.statusCode : 499;
      duration.observe({ endpoint, status: String(status) }, ms / 1000);
      const requestId = requestIdOf(response);
      // Probes come every few seconds and say nothing as long as they succeed.
      const level = endpoint === 'none' && status < 400 ? 'debug' : 'info';
      logger[level](
        {
          requestId,
          method: request.method,
          path: redactPath(request.path),
          endpoint,
          status,
          ms: Math.round(ms),
        },
        'request',
      );
    });
    next();
  };
}

function answerErrors(logger: Logger, mapError: (error: unknown) => unknown): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (thrown: unknown, _request, response, _next) => {
    const error = meaningOf(mapError(thrown));
    const requestId = requestIdOf(response);
    // What was thrown says more than what the caller is told.
    const err = error.cause ?? error;
    if (error.code === 'internal') logger.error({ err, requestId }, 'request failed');
    else if (error.status >= 500) logger.warn({ err, requestId }, error.message);
    sendProblem(response, error, requestId);
  };
}

function meaningOf(error: unknown): ProblemError {
  // Express's router refuses an address that is not valid percent-encoding in this way.
  if (error instanceof URIError) return new InvalidError('The address is not valid percent-encoding.');
  return asProblemError(error);
}

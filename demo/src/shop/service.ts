/**
 * What every service of the shop has in common, and what an instrumentation library would do in a larger one:
 * spans around requests, calls and queries, a log line and a duration for each request. Attributes follow the
 * OpenTelemetry semantic conventions for HTTP, databases and exceptions.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Attributes, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { logNormal } from './chance.ts';
import type { ScrapedMetrics } from './scraped-metrics.ts';
import type { Telemetry } from './telemetry.ts';

const STATEMENT_TIMEOUT_MS = 2_000;

type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

interface Request {
  method: 'GET' | 'POST';
  /** The pattern, which is what metrics and span names may carry. */
  route: string;
  /** The address asked for; the route itself when it has no variable part. */
  path?: string;
}

export interface Service {
  readonly name: string;
  readonly telemetry: Telemetry;
  log(level: Level, message: string, attributes?: Record<string, string | number>): void;
  /** A piece of work worth a span of its own. */
  step<T>(name: string, work: (span: Span) => Promise<T>): Promise<T>;
  /** Answers a request that came in. */
  serve<T>(request: Request, handle: () => Promise<T>): Promise<T>;
  /** Asks another service of the shop, or the world outside it. */
  call<T>(host: string, request: Request, answer: () => Promise<T>): Promise<T>;
  /** A database query that takes about `medianMs`; a very slow one is cancelled. */
  query(statement: { operation: string; table: string; text: string }, medianMs: number): Promise<void>;
}

/** An answer that is not a success. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function createService(name: string, telemetry: Telemetry, scraped: ScrapedMetrics): Service {
  const { tracer, logger, meter } = telemetry;
  const duration = meter.createHistogram('http.server.request.duration', {
    unit: 's',
    description: 'Duration of HTTP server requests',
    advice: { explicitBucketBoundaries: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
  });
  const active = meter.createUpDownCounter('http.server.active_requests', {
    unit: '{request}',
    description: 'Number of HTTP server requests under way',
  });

  const inSpan = <T>(
    spanName: string,
    kind: SpanKind,
    attributes: Attributes,
    work: (span: Span) => Promise<T>,
  ): Promise<T> =>
    tracer.startActiveSpan(spanName, { kind, attributes }, async (span) => {
      try {
        return await work(span);
      } catch (error) {
        if (statusOf(error) >= 500) {
          const { message } = error as Error;
          span.setStatus({ code: SpanStatusCode.ERROR, message });
          span.recordException(error as Error);
          span.setAttribute(
            'error.type',
            error instanceof HttpError ? String(error.status) : (error as Error).name,
          );
        }
        throw error;
      } finally {
        span.end();
      }
    });

  const log: Service['log'] = (level, message, attributes = {}) =>
    logger.emit({
      severityNumber: SeverityNumber[level],
      severityText: level,
      body: message,
      attributes,
    });

  return {
    name,
    telemetry,
    log,
    step: (stepName, work) => inSpan(stepName, SpanKind.INTERNAL, {}, work),
    serve: (request, handle) => {
      const common = { 'http.request.method': request.method, 'http.route': request.route };
      const path = request.path ?? request.route;
      return inSpan(
        `${request.method} ${request.route}`,
        SpanKind.SERVER,
        { ...common, 'url.path': path },
        async (span) => {
          const started = performance.now();
          let status = 200;
          let cause = '';
          active.add(1, common);
          try {
            return await handle();
          } catch (error) {
            status = statusOf(error);
            cause = ` error="${(error as Error).message}"`;
            throw error;
          } finally {
            const seconds = (performance.now() - started) / 1000;
            active.add(-1, common);
            span.setAttribute('http.response.status_code', status);
            duration.record(seconds, { ...common, 'http.response.status_code': status });
            scraped.request({ service: name, route: request.route, status: String(status) }, seconds);
            log(
              levelOf(status),
              `method=${request.method} path=${path} status=${status} duration=${(seconds * 1000).toFixed(0)}ms${cause}`,
              { ...common, 'http.response.status_code': status },
            );
          }
        },
      );
    },
    call: (host, request, answer) =>
      inSpan(
        `${request.method} ${host}`,
        SpanKind.CLIENT,
        {
          'http.request.method': request.method,
          'server.address': host,
          'url.full': `http://${host}${request.path ?? request.route}`,
        },
        async (span) => {
          try {
            const result = await answer();
            span.setAttribute('http.response.status_code', 200);
            return result;
          } catch (error) {
            span.setAttribute('http.response.status_code', statusOf(error));
            throw error;
          }
        },
      ),
    query: (statement, medianMs) =>
      inSpan(
        `${statement.operation} ${statement.table}`,
        SpanKind.CLIENT,
        {
          'db.system.name': 'postgresql',
          'db.operation.name': statement.operation,
          'db.collection.name': statement.table,
          'db.query.text': statement.text,
          'server.address': `${name}-db`,
        },
        async () => {
          const wait = logNormal(medianMs, 0.5);
          await delay(Math.min(wait, STATEMENT_TIMEOUT_MS));
          if (wait > STATEMENT_TIMEOUT_MS)
            throw new HttpError(503, 'canceling statement due to statement timeout');
        },
      ),
  };
}

function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}

function levelOf(status: number): Level {
  if (status >= 500) return 'ERROR';
  return status >= 400 ? 'WARN' : 'INFO';
}

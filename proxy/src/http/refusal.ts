// Why a request was not served. Everything below the listener throws these; `write-refusal.ts` is the one
// place that turns them into bytes.

/** Which error shape the client of a route understands. */
export type ErrorDialect = 'problem' | 'prometheus' | 'otlp' | 'text';

export interface Position {
  /** 0-based offset in UTF-16 code units. */
  readonly offset: number;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

interface RefusalDetails {
  /** What the value was given in, e.g. `query` or `header Content-Type`. */
  readonly location?: string | undefined;
  /** What to do about it. */
  readonly fix?: string | undefined;
  readonly position?: Position | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly cause?: unknown;
}

export class Refusal extends Error {
  readonly status: number;
  /** Stable, snake_case; the last part of the problem type and the `reason` label of the metric. */
  readonly code: string;
  readonly details: RefusalDetails;

  constructor(status: number, code: string, message: string, details: RefusalDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

type Details = RefusalDetails;

export const refuse = {
  badRequest: (message: string, details?: Details) => new Refusal(400, 'bad_request', message, details),
  undecodable: (message: string, details?: Details) => new Refusal(400, 'undecodable', message, details),
  unauthenticated: (message: string, details?: Details) =>
    new Refusal(401, 'unauthenticated', message, details),
  forbidden: (message: string, details?: Details) => new Refusal(403, 'forbidden', message, details),
  notFound: (message: string, details?: Details) => new Refusal(404, 'not_found', message, details),
  methodNotAllowed: (allow: readonly string[]) =>
    new Refusal(405, 'method_not_allowed', `use ${allow.join(' or ')} here`, { allow }),
  timeout: (message: string, details?: Details) => new Refusal(408, 'request_timeout', message, details),
  tooLarge: (message: string, details?: Details) => new Refusal(413, 'too_large', message, details),
  unsupportedMediaType: (message: string, details?: Details) =>
    new Refusal(415, 'unsupported_media_type', message, details),
  overLimit: (message: string, details?: Details) => new Refusal(429, 'limit_exceeded', message, details),
  /** Nobody reads this reply; the status is nginx's, for logs and metrics. */
  clientGone: () => new Refusal(499, 'client_gone', 'the client left before its reply was ready'),
  badGateway: (message: string, details?: Details) => new Refusal(502, 'bad_gateway', message, details),
  unavailable: (message: string, details?: Details) =>
    new Refusal(503, 'unavailable', message, { retryAfterSeconds: 5, ...details }),
  gatewayTimeout: (message: string, details?: Details) =>
    new Refusal(504, 'gateway_timeout', message, details),
};

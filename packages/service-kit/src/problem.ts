/**
 * Semantic errors, and the one place that turns any error into RFC 9457 problem+json. Code throws what
 * went wrong (`NotFoundError`); it never picks a status.
 */
import type { ServerResponse } from 'node:http';
import {
  PROBLEM_CONTENT_TYPE,
  PROBLEMS,
  problemType,
  type Problem,
  type ProblemCode,
  type ProblemDetail,
} from '@obstack/contracts/problem';

export interface ProblemOptions {
  errors?: ProblemDetail[];
  /** Headers the answer needs, as `Retry-After`. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An error the caller may be told about. `message` becomes `detail`, so it must be fit for strangers. */
export class ProblemError extends Error {
  override readonly name: string = 'ProblemError';
  readonly code: ProblemCode;
  readonly errors: ProblemDetail[] | undefined;
  readonly headers: Record<string, string>;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}

export class InvalidError extends ProblemError {
  constructor(detail: string, errors?: ProblemDetail[]) {
    super('invalid-request', detail, errors ? { errors } : {});
  }
}

export class UnauthenticatedError extends ProblemError {
  constructor(detail: string) {
    // RFC 9110 section 11.6.1: a 401 has to say which scheme would do.
    super('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer realm="obstack"' } });
  }
}

export class ForbiddenError extends ProblemError {
  constructor(detail: string) {
    super('forbidden', detail);
  }
}

/** The plan of the tenant lacks a feature. */
export class PlanRequiredError extends ProblemError {
  constructor(detail: string) {
    super('plan-required', detail);
  }
}

export class NotFoundError extends ProblemError {
  constructor(detail: string) {
    super('not-found', detail);
  }
}

export class ConflictError extends ProblemError {
  constructor(detail: string, errors?: ProblemDetail[]) {
    super('conflict', detail, errors ? { errors } : {});
  }
}

/** The `If-Match` of the request names a state that is not the present one. */
export class PreconditionFailedError extends ProblemError {
  constructor() {
    super('precondition-failed', 'It has changed since you read it; read it again, then change it.');
  }
}

export class TooLargeError extends ProblemError {
  constructor(detail: string) {
    super('too-large', detail);
  }
}

export class UnsupportedMediaTypeError extends ProblemError {
  constructor(detail: string) {
    super('unsupported-media-type', detail);
  }
}

export class RateLimitedError extends ProblemError {
  constructor(detail: string, options: { retryAfterSeconds: number }) {
    super('rate-limited', detail, { headers: { 'retry-after': String(options.retryAfterSeconds) } });
  }
}

export class UnavailableError extends ProblemError {
  /** @param retryAfterSeconds when to try again; says so to the caller */
  constructor(detail: string, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super('unavailable', detail, {
      headers: { 'retry-after': String(options.retryAfterSeconds ?? 1) },
      cause: options.cause,
    });
  }
}

/** Any other error becomes `internal`, and its message stays with us. */
export function asProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError('internal', 'The error has been logged under this request id.', { cause: error });
}

/** The problem+json body for an error. */
export function toProblem(error: ProblemError, requestId: string): Problem {
  const { status, title } = PROBLEMS[error.code];
  return {
    type: problemType(error.code),
    title,
    status,
    detail: error.message,
    requestId,
    ...(error.errors ? { errors: error.errors } : {}),
  };
}

/**
 * Answers with the problem; works on express's response and on a bare one. Once headers are out nothing
 * honest can be said any more, so the connection is cut and the client sees a broken answer.
 */
export function sendProblem(response: ServerResponse, error: ProblemError, requestId: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(toProblem(error, requestId));
  response.writeHead(error.status, {
    ...error.headers,
    'content-type': PROBLEM_CONTENT_TYPE,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

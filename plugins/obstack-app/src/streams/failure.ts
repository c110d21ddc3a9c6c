/** Why a call was not answered, told apart by what a person can do about it. */
import type { Problem } from '@obstack/contracts/problem';

export type FailureKind =
  /** The request itself is wrong; `mistakes` say where. */
  | 'invalid'
  /** Somebody who may has to allow it. */
  | 'not-allowed'
  /** An administrator has to finish the configuration. */
  | 'not-configured'
  /** Grafana cannot reach the service. */
  | 'unreachable'
  | 'rate-limited'
  /** A source behind the service gave no answer. */
  | 'unanswered'
  /** The answer began and then stopped. */
  | 'cut'
  | 'failed';

export interface Mistake {
  location: string;
  message: string;
  fix: string;
  /** Where in the query, counted from 0, as far as the mistake has a place. */
  offset?: number;
}

export class Failure extends Error {
  readonly name = 'Failure';

  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly mistakes: readonly Mistake[] = [],
    /** Under which the service's logs have it. */
    readonly requestId?: string,
    /** Obstack itself said so, not Grafana on the way there. */
    readonly isProblem = false
  ) {
    super(message);
  }
}

/**
 * What an answer that is not a success means. It comes from Obstack (RFC 9457 problem) or from Grafana on the way there
 * (`{"message"}`), which is how a wrong query is told from a wrong address.
 */
export function failureOf(status: number, text: string): Failure {
  const body = parse(text);
  const problem = typeof body?.title === 'string' ? (body as Partial<Problem>) : undefined;
  const message = problem?.detail ?? problem?.title ?? body?.message ?? `HTTP ${status}`;
  const ours = problem !== undefined;
  return new Failure(kindOf(status, ours), String(message), mistakesIn(problem), problem?.requestId, ours);
}

function kindOf(status: number, ours: boolean): FailureKind {
  switch (status) {
    case 400:
    case 413:
    case 422:
      return ours ? 'invalid' : 'failed';
    case 401:
    case 403:
      return 'not-allowed';
    case 404:
      return 'not-configured';
    case 429:
      return 'rate-limited';
    case 502:
    case 503:
    case 504:
      return 'unreachable';
    default:
      return 'failed';
  }
}

function mistakesIn(problem: Partial<Problem> | undefined): Mistake[] {
  return (problem?.errors ?? []).map((error) => {
    const { location, message, fix } = error;
    const position = 'position' in error ? (error.position as { offset?: unknown }) : undefined;
    return { location, message, fix, ...(typeof position?.offset === 'number' && { offset: position.offset }) };
  });
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

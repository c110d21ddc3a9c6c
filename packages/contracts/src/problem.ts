/**
 * How every Obstack API says no: RFC 9457 `application/problem+json`.
 * One table of codes gives the `type`, the `title` and the HTTP status; only `detail` and `errors` vary.
 */
import { z } from 'zod';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'No valid credential was sent' },
  forbidden: { status: 403, title: 'This credential may not do that' },
  'plan-required': { status: 403, title: 'The tenant’s plan does not include that' },
  'not-found': { status: 404, title: 'There is no such resource' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  conflict: { status: 409, title: 'The request conflicts with what is there' },
  'precondition-failed': { status: 412, title: 'It has changed since you read it' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The content type or encoding is not supported' },
  'key-reused': { status: 422, title: 'This Idempotency-Key was used for another request' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  'bad-gateway': { status: 502, title: 'A service behind this one failed' },
  unavailable: { status: 503, title: 'The service is not available right now' },
  'gateway-timeout': { status: 504, title: 'A service behind this one did not answer in time' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** One thing wrong with a request: where it is, what it is, and what to do about it. */
export const ProblemDetail = z.object({
  location: z
    .string()
    .describe('`body.name`, `body.signals[0]`, `query.limit`, `path.tenantId`, `header.authorization`.'),
  message: z.string().describe('What is wrong with it.'),
  fix: z.string().describe('What to do about it.'),
});
export type ProblemDetail = z.infer<typeof ProblemDetail>;

export const Problem = z.object({
  type: z.string().describe('What to branch on: `urn:obstack:problem:` and the name of the problem.'),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string().describe('What went wrong this time, for people.'),
  requestId: z.string().describe('Under which the logs have it.'),
  errors: z.array(ProblemDetail).optional().describe('Each mistake in the request, where there are any.'),
});
export type Problem = z.infer<typeof Problem>;

/** The `type` member of a problem: stable, and what a client should branch on. */
export function problemType(code: ProblemCode): string {
  return `urn:obstack:problem:${code}`;
}

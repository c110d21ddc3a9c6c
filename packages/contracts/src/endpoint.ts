/**
 * An endpoint is declared once, as data, outside any framework. Mounting, validation, OpenAPI and the
 * typed client all follow from the same declaration.
 */
import type { z } from 'zod';
import type { Permission } from './permissions.ts';
import type { Feature } from './plans.ts';
import type { ProblemCode } from './problem.ts';

export type Endpoint = Declaration & Access;

/**
 * Who may call: `anyone`; a `proxy`, which holds the internal token; or an `actor`, a person or operator who has the
 * permission. `signed-in` asks for none, and is for what concerns the caller alone; so is `account`, for those who have
 * an account here, which people who come through Grafana do not. With `{tenantId}` in the path the permission must be
 * held in that tenant; without it, the endpoint spans tenants and is for operators only.
 */
type Access =
  | { caller: 'anyone' | 'proxy' }
  | {
      caller: 'actor';
      permission: Permission | 'signed-in' | 'account';
      /** The tenant's plan must have it, or an override. */
      feature?: Feature;
    };

interface Declaration {
  /** OpenAPI `operationId`, and the method's name in the typed client. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Whole path with `{name}` for each member of `params`. */
  path: string;
  summary: string;
  tag: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** JSON body of the request. */
  request?: z.ZodType;
  /** JSON body of the answer; none means an empty answer. */
  response?: z.ZodType;
  /** Instead of one JSON body: `response` describes each line of an endless or long answer. */
  lines?: true;
  /** Status of success; 302 takes its address from the handler. */
  status: 200 | 201 | 202 | 204 | 302;
  /** GET answers with an `ETag`; PATCH and DELETE take it as `If-Match`. */
  etag?: true;
  /** Problems of its own, besides those of every endpoint of its kind ({@link problemsOf}). */
  problems: readonly ProblemCode[];
}

export type ParamsOf<E extends Endpoint> = E extends { params: infer S extends z.ZodType }
  ? z.output<S>
  : object;
export type QueryOf<E extends Endpoint> = E extends { query: infer S extends z.ZodType }
  ? z.output<S>
  : object;
export type RequestOf<E extends Endpoint> = E extends { request: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;
/** What a handler returns, before the response schema has seen it; ignored where the answer is empty. */
export type ResponseOf<E extends Endpoint> = E extends { response: infer S extends z.ZodType }
  ? E extends { lines: true }
    ? AsyncIterable<z.input<S>>
    : z.input<S>
  : E extends { status: 302 }
    ? { location: string }
    : unknown;

/** Whether it takes an `Idempotency-Key`: a POST that creates, made by somebody we know. */
export function isIdempotent(endpoint: Endpoint): boolean {
  return endpoint.caller === 'actor' && endpoint.method === 'POST' && endpoint.status === 201;
}

/** Keeps the literal types of a declaration, so that handlers and clients infer theirs. */
export function defineEndpoint<const E extends Endpoint>(endpoint: E): E {
  return endpoint;
}

/** Every problem an endpoint may answer with, its own and those that follow from its shape. */
export function problemsOf(endpoint: Endpoint): ProblemCode[] {
  const codes = new Set<ProblemCode>(endpoint.problems);
  if (endpoint.params || endpoint.query || endpoint.request) codes.add('invalid-request');
  if (endpoint.request) codes.add('too-large').add('unsupported-media-type');
  if (endpoint.caller !== 'anyone') codes.add('unauthenticated');
  if (endpoint.caller === 'actor') {
    codes.add('forbidden');
    if (endpoint.feature) codes.add('plan-required');
    if (endpoint.params && 'tenantId' in endpoint.params.shape) codes.add('not-found');
  }
  if (isIdempotent(endpoint)) codes.add('conflict').add('key-reused');
  if (endpoint.etag && endpoint.method !== 'GET') codes.add('precondition-failed');
  return [...codes.add('internal').add('unavailable')];
}

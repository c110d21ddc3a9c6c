/**
 * An endpoint is declared once, as data, outside any framework. Mounting, validation, OpenAPI and the
 * typed client all follow from the same declaration.
 */
import type { z } from 'zod';
import type { ProblemCode } from './problem.ts';

export interface Endpoint {
  /** OpenAPI `operationId`, and the method's name in the typed client. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Whole path with `{name}` for each member of `params`. */
  path: string;
  summary: string;
  tag: string;
  /** Who may try: `actor` is an operator or a user, `proxy` holds the internal token. */
  caller: 'anyone' | 'actor' | 'proxy';
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** JSON body of the request. */
  request?: z.ZodType;
  /** JSON body of the answer; none means an empty answer. */
  response?: z.ZodType;
  /** Status of success. */
  status: 200 | 201 | 202 | 204;
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
  ? z.input<S>
  : unknown;

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
  if (endpoint.caller === 'actor') codes.add('forbidden');
  return [...codes.add('internal').add('unavailable')];
}

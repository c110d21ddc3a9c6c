/**
 * The typed client of the public API: a method for each endpoint, made from its declaration. Needs nothing but `fetch`,
 * so it runs in browser and Node.
 */
import type { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { type PublicEndpoint, publicEndpoints } from './endpoints/index.ts';
import type { Page } from './pagination.ts';
import { Problem, type ProblemCode, type ProblemDetail, PROBLEMS, problemType } from './problem.ts';

export interface ClientOptions {
  /** As `http://127.0.0.1:8081`. */
  baseUrl: string;
  /** Sent as a bearer token with every call. A browser leaves it out: the session's cookie goes along by itself. */
  token?: string | undefined;
  /** In place of the global one. */
  fetch?: typeof fetch;
}

/** Besides what the endpoint asks for. */
export interface CallOptions {
  /** The same for each attempt at creating one thing. */
  idempotencyKey?: string;
  /** The {@link etagOf} what was read; when that has changed since, nothing is done, and the answer is 412. */
  ifMatch?: string | undefined;
  signal?: AbortSignal;
}

/** `params`, `query` and `body`, as far as the endpoint has them. */
export type InputOf<E extends Endpoint> = (E extends { params: infer S extends z.ZodType }
  ? { params: z.output<S> }
  : object) &
  (E extends { query: infer S extends z.ZodType } ? OptionalIfEmpty<'query', QueryInput<S>> : object) &
  (E extends { request: infer S extends z.ZodType } ? OptionalIfEmpty<'body', z.input<S>> : object) &
  CallOptions;

/** A number is given as one, not as its text; what has a default may be left out. */
type QueryInput<S extends z.ZodType> = {
  [K in keyof z.input<S>]: K extends keyof z.output<S> ? z.output<S>[K] : never;
};
type OptionalIfEmpty<Name extends string, T> = object extends T ? { [N in Name]?: T } : { [N in Name]: T };

/** The parsed answer; of an endpoint with `lines`, its lines one after the other. */
export type AnswerOf<E extends Endpoint> = E extends { response: infer S extends z.ZodType }
  ? E extends { lines: true }
    ? AsyncGenerator<z.output<S>>
    : Promise<z.output<S>>
  : Promise<undefined>;

/** One that sends a browser somewhere else is for browsers to follow, not to call. */
type Callable<E extends Endpoint> = E extends { status: 302 } ? never : E;

/**
 * `createTenant({ body: { name: 'checkout' } })`, and so on by `operationId`.
 * Each throws {@link ApiError} for an answer that is not a success, and whatever `fetch` throws when there is none.
 */
export type Client = {
  [E in Callable<PublicEndpoint> as E['id']]: object extends InputOf<E>
    ? (input?: InputOf<E>) => AnswerOf<E>
    : (input: InputOf<E>) => AnswerOf<E>;
};

/** An answer of the API that is not a success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** What to branch on; undefined when what answered was not this API. */
  readonly code: ProblemCode | undefined;
  /** Where the request is wrong, and what to do about it. */
  readonly errors: readonly ProblemDetail[];
  readonly requestId: string | undefined;

  constructor(status: number, text: string) {
    const problem = problemIn(text);
    super(problem?.detail ?? `Something that is not this API answered ${status}.`);
    this.status = status;
    this.code = problem && codeOf(problem);
    this.errors = problem?.errors ?? [];
    this.requestId = problem?.requestId;
  }
}

export function createClient(options: ClientOptions): Client {
  const callable = publicEndpoints.filter(({ status }) => status !== 302);
  const methods = callable.map((endpoint) => [
    endpoint.id,
    (input: UntypedInput = {}) =>
      endpoint.lines ? readLines(options, endpoint, input) : readOne(options, endpoint, input),
  ]);
  return Object.fromEntries(methods) as Client;
}

/** Every item of a list, page after page: `for await (const tenant of paginate(api.listTenants))`. */
export async function* paginate<T, Input extends { query?: object }>(
  list: (input: Input) => Promise<Page<T>>,
  input: NoInfer<Input> = {} as Input,
): AsyncGenerator<T> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query = { ...input.query, ...(cursor !== undefined && { cursor }) };
    const { items, next } = await list({ ...input, query });
    yield* items;
    cursor = next;
  }
}

const etags = new WeakMap<object, string>();

/** The `ETag` that came with an answer of this client, for `ifMatch`. */
export function etagOf(answer: object): string | undefined {
  return etags.get(answer);
}

interface UntypedInput extends CallOptions {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
}

async function readOne(options: ClientOptions, endpoint: Endpoint, input: UntypedInput): Promise<unknown> {
  const response = await send(options, endpoint, input);
  const text = await response.text();
  if (!endpoint.response) return undefined;
  const answer = parse(endpoint.response, text, response.status);
  const etag = response.headers.get('etag');
  if (etag !== null && typeof answer === 'object' && answer !== null) etags.set(answer, etag);
  return answer;
}

async function* readLines(options: ClientOptions, endpoint: Endpoint, input: UntypedInput): AsyncGenerator {
  const response = await send(options, endpoint, input);
  let rest = '';
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield parse(endpoint.response!, line, response.status);
  }
  if (rest !== '') throw new Error(`The answer to ${endpoint.id} broke off.`);
}

async function send(
  { baseUrl, token, fetch: send = fetch }: ClientOptions,
  endpoint: Endpoint,
  { params = {}, query = {}, body, idempotencyKey, ifMatch, signal }: UntypedInput,
): Promise<Response> {
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, `${value as string | number | boolean}`);
  }
  const headers = new Headers();
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  if (ifMatch !== undefined) headers.set('if-match', ifMatch);
  const response = await send(
    `${baseUrl.replace(/\/$/, '')}${path}${search.size ? `?${search.toString()}` : ''}`,
    {
      method: endpoint.method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    },
  );
  if (!response.ok) throw new ApiError(response.status, await response.text());
  return response;
}

function parse(schema: z.ZodType, text: string, status: number): unknown {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new ApiError(status, text);
  }
}

function problemIn(text: string): Problem | undefined {
  try {
    return Problem.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function codeOf({ type }: Problem): ProblemCode | undefined {
  return (Object.keys(PROBLEMS) as ProblemCode[]).find((code) => problemType(code) === type);
}

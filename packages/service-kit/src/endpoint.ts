/**
 * Mounts endpoints declared in contracts on express: admit the caller, validate what came in, call the
 * handler, validate what goes out. Handlers never see express.
 */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import type { Endpoint, ParamsOf, QueryOf, RequestOf, ResponseOf } from '@obstack/contracts';
import type { ProblemDetail } from '@obstack/contracts/problem';
import type { z } from 'zod';
import { describeIssues, formatPath, unstorable } from './issues.ts';
import { readJsonBody } from './json-body.ts';
import { InvalidError, ProblemError } from './problem.ts';

export interface EndpointInput<E extends Endpoint> {
  params: ParamsOf<E>;
  query: QueryOf<E>;
  body: RequestOf<E>;
}

export type EndpointHandler<Context, E extends Endpoint> = (
  ctx: Context,
  input: EndpointInput<E>,
) => Promise<ResponseOf<E>> | ResponseOf<E>;

/** One request, as far as anything but its endpoint's own input is concerned. */
export interface Call {
  readonly requestId: string;
  /** Address of the caller; behind trusted reverse proxies, what they say it is. */
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
  /** What stands in the path, not yet validated. */
  readonly path: Readonly<Record<string, string>>;
  /** Adds a header to the answer, whatever becomes of it; a second `set-cookie` stands beside the first. */
  addHeader(name: string, value: string): void;
}

/** A call that was let in, and what it asks for. */
export interface Admitted<Admission> {
  readonly endpoint: Endpoint;
  readonly call: Call;
  readonly input: EndpointInput<Endpoint>;
  readonly admission: Admission;
}

export interface EndpointRouterOptions<Caller extends Endpoint['caller'], Admission, Context> {
  caller: Caller;
  /** Says who is calling, and throws when they may not; runs before anything else is looked at. */
  admit: (call: Call, endpoint: Endpoint & { caller: Caller }) => Promise<Admission> | Admission;
  /**
   * Runs the handler with its context, and whatever has to be around it: a transaction, a record of it.
   * What it gives back is the answer. Where it is missing, the admission itself is the context.
   */
  perform?: (admitted: Admitted<Admission>, handler: (ctx: Context) => unknown) => Promise<unknown>;
  /** In bytes; 64 KiB unless said otherwise. */
  bodyLimit?: number;
}

export interface EndpointRouter<Caller extends Endpoint['caller'], Context> {
  /** @throws when the method and path are already taken */
  mount<E extends Endpoint & { caller: Caller }>(endpoint: E, handler: EndpointHandler<Context, E>): void;
  /** The finished router; a known path asked with another method answers 405. */
  router(): Router;
}

/**
 * A router for the endpoints of one kind of caller, so that one that needs authentication cannot be
 * mounted where there is none.
 */
export function createEndpointRouter<Caller extends Endpoint['caller'], Admission, Context = Admission>(
  options: EndpointRouterOptions<Caller, Admission, Context>,
): EndpointRouter<Caller, Context> {
  const router = Router({ caseSensitive: true, strict: true });
  const bodyLimit = options.bodyLimit ?? 64 * 1024;
  const perform = options.perform ?? (({ admission }, handler) => handler(admission as unknown as Context));
  const methodsByPath = new Map<string, Set<string>>();

  return {
    mount(endpoint, handler) {
      const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1');
      const methods = methodsByPath.get(path) ?? new Set();
      if (methods.has(endpoint.method))
        throw new Error(`${endpoint.method} ${endpoint.path} is mounted twice`);
      methodsByPath.set(path, methods.add(endpoint.method));

      const method = endpoint.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
      router[method](path, async (request: Request, response: Response) => {
        response.locals['endpoint'] = endpoint.id;
        const call = callOf(request, response);
        const admission = await options.admit(call, endpoint);
        const body = endpoint.request ? await readJsonBody(request, bodyLimit) : undefined;
        const input = validate(endpoint, { path: request.params, query: request.query, body });
        const result = await perform({ endpoint, call, input, admission }, (ctx) => handler(ctx, input));
        await reply(response, endpoint, result);
      });
    },

    router() {
      for (const [path, methods] of methodsByPath) {
        router.all(path, () => {
          const allow = [...methods].join(', ');
          throw new ProblemError('method-not-allowed', `Use ${allow} here.`, { headers: { allow } });
        });
      }
      return router;
    },
  };
}

function callOf(request: Request, response: Response): Call {
  return {
    requestId: requestIdOf(response),
    ip: request.ip ?? '',
    headers: request.headers,
    path: request.params as Record<string, string>,
    addHeader: (name, value) => void response.append(name, value),
  };
}

/**
 * The entity tag of what an endpoint with this response schema shows: it changes when that does. That something was used
 * is no change of it.
 */
export function etagOf(schema: z.ZodType, value: unknown): string {
  const shown = JSON.stringify(schema.parse(value), (name, field: unknown) =>
    name === 'lastUsedAt' ? undefined : field,
  );
  return `"${createHash('sha256').update(shown).digest('base64url').slice(0, 22)}"`;
}

/** The id under which this request is logged; `http-app.ts` sets it before any route runs. */
export function requestIdOf(response: Response): string {
  return response.locals['requestId'] as string;
}

type Parts = Record<'path' | 'query' | 'body', unknown>;

function validate<E extends Endpoint>(endpoint: E, parts: Parts): EndpointInput<E> {
  const errors: ProblemDetail[] = [];
  const check = (part: keyof Parts, schema: z.ZodType | undefined): unknown => {
    if (!schema) return undefined;
    const result = schema.safeParse(parts[part]);
    const issues = result.success ? unstorable(result.data) : describeIssues(result.error, schema);
    if (result.success && issues.length === 0) return result.data;
    for (const { path, message, fix } of issues) {
      errors.push({ location: formatPath([part, ...path]), message, fix });
    }
    return undefined;
  };
  const input = {
    params: check('path', endpoint.params),
    query: check('query', endpoint.query),
    body: check('body', endpoint.request),
  };
  if (errors.length) throw new InvalidError('Some of what was sent is not valid; see errors.', errors);
  return input as EndpointInput<E>;
}

/** The response schema drops whatever it does not name, so no row or secret leaves by accident. */
async function reply(response: Response, endpoint: Endpoint, result: unknown): Promise<void> {
  response.status(endpoint.status).set('cache-control', 'no-store');
  const { response: schema } = endpoint;
  if (endpoint.status === 302) {
    response.redirect((result as { location: string }).location);
  } else if (!schema) {
    response.end();
  } else if (endpoint.lines) {
    response.set('content-type', 'application/x-ndjson');
    await pipeline(Readable.from(linesOf(schema, result as AsyncIterable<unknown>)), response);
  } else {
    if (endpoint.etag) response.set('etag', etagOf(schema, result));
    response.json(schema.parse(result));
  }
}

async function* linesOf(schema: z.ZodType, items: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(schema.parse(item))}\n`;
}

/**
 * Mounts endpoints declared in contracts on express: authenticate, validate what came in, call the
 * handler, validate what goes out. Handlers never see express.
 */
import { type Request, type Response, Router } from 'express';
import type { Endpoint, ParamsOf, QueryOf, RequestOf, ResponseOf } from '@obstack/contracts';
import type { ProblemDetail } from '@obstack/contracts/problem';
import type { z } from 'zod';
import { describeIssues, formatPath } from './issues.ts';
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

/** What the request itself tells a context maker. */
export interface Call {
  authorization: string | undefined;
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
 * @param options.context says who is calling; runs first and throws when that is nobody
 * @param options.bodyLimit in bytes; 64 KiB unless said otherwise
 */
export function createEndpointRouter<Caller extends Endpoint['caller'], Context>(options: {
  caller: Caller;
  context: (call: Call) => Promise<Context> | Context;
  bodyLimit?: number;
}): EndpointRouter<Caller, Context> {
  const router = Router({ caseSensitive: true, strict: true });
  const bodyLimit = options.bodyLimit ?? 64 * 1024;
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
        const ctx = await options.context({ authorization: request.headers.authorization });
        const body = endpoint.request ? await readJsonBody(request, bodyLimit) : undefined;
        const input = validate(endpoint, { path: request.params, query: request.query, body });
        const result = await handler(ctx, input);
        reply(response, endpoint, result);
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
    if (result.success) return result.data;
    for (const { path, message, fix } of describeIssues(result.error, schema)) {
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
function reply(response: Response, endpoint: Endpoint, result: unknown): void {
  response.status(endpoint.status).set('cache-control', 'no-store');
  if (endpoint.response) response.json(endpoint.response.parse(result));
  else response.end();
}

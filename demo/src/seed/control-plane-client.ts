/** The admin API as the seed uses it: calls typed by the endpoints' own declarations. */
import { type Endpoint, type ParamsOf, Problem, type QueryOf } from '@obstack/contracts';
import type { z } from 'zod';

type AnswerOf<E extends Endpoint> = E extends { response: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

interface Input<E extends Endpoint> {
  params?: ParamsOf<E>;
  query?: Partial<QueryOf<E>>;
  body?: E extends { request: infer S extends z.ZodType } ? z.input<S> : never;
}

interface UntypedInput {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
}

/** An answer of the API that is not a success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ControlPlaneClient {
  /** @throws ApiError for every answer that is not a success. */
  call<E extends Endpoint>(endpoint: E, input?: Input<E>): Promise<AnswerOf<E>>;
}

export function createControlPlaneClient(baseUrl: string, token: string): ControlPlaneClient {
  return {
    async call(endpoint, input = {}) {
      const { params = {}, query = {}, body } = input as UntypedInput;
      const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(params[name] ?? ''),
      );
      const url = new URL(path, baseUrl);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
      const response = await fetch(url, {
        method: endpoint.method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) {
        throw new ApiError(
          response.status,
          `${endpoint.method} ${path}: ${response.status} ${detailOf(text)}`,
        );
      }
      return endpoint.response?.parse(JSON.parse(text)) as never;
    },
  };
}

function detailOf(text: string): string {
  try {
    const problem = Problem.parse(JSON.parse(text));
    return (
      problem.errors?.map(({ location, message }) => `${location} ${message}`).join('; ') ?? problem.detail
    );
  } catch {
    return text.slice(0, 200);
  }
}

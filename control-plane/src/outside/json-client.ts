/** Asks another service's JSON API, and says in words what went wrong. */
const TIMEOUT_MS = 15_000;
const MAX_QUOTE = 200;

export interface JsonClient {
  /**
   * The answer's body; undefined for a 404.
   * @throws OutsideError for any other answer that is not a success, and when there is none
   */
  ask(method: string, path: string, details?: AskDetails): Promise<unknown>;
  /** As `ask`, where a 404 is no answer either. */
  tell(method: string, path: string, details?: AskDetails): Promise<unknown>;
}

interface AskDetails {
  body?: unknown;
  headers?: Record<string, string>;
}

/** `message` is fit for people: it names the service and what it said. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
  /** Of the answer; undefined when there was none. */
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
  }
}

/** @param service its name, for people */
export function createJsonClient(options: {
  service: string;
  url: string;
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** For each answer; 15 s unless said otherwise. */
  timeoutMs?: number;
}): JsonClient {
  const { service, url, signal, timeoutMs = TIMEOUT_MS } = options;

  async function send(method: string, path: string, { body, headers }: AskDetails): Promise<Response> {
    try {
      return await fetch(url + path, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...options.headers,
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
    } catch (cause) {
      throw new OutsideError(`${service} cannot be reached at ${url}`, { cause });
    }
  }

  async function ask(method: string, path: string, details: AskDetails = {}): Promise<unknown> {
    const response = await send(method, path, details);
    const text = await response.text();
    if (response.status === 404) return undefined;
    const { status } = response;
    if (response.ok) return text === '' ? null : JSON.parse(text);
    throw new OutsideError(
      `${service} answered ${method} ${path} with ${status}: ${text.slice(0, MAX_QUOTE)}`,
      {
        status,
      },
    );
  }

  return {
    ask,
    async tell(method, path, details) {
      const answer = await ask(method, path, details);
      if (answer !== undefined) return answer;
      throw new OutsideError(`${service} answered ${method} ${path} with 404`, { status: 404 });
    },
  };
}

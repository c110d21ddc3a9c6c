// The only place a request leaves this process for a store. Two ways out: `stream` pipes the reply to the
// client as it comes, `send` collects a bounded reply for us to read. Neither follows redirects or retries.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { errors, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { refuse } from '../http/refusal.ts';
import type { Refusal } from '../http/refusal.ts';
import { replyHeaders } from './headers.ts';
import { OneSocketClient } from './one-socket-client.ts';

export interface UpstreamOptions {
  /** Sockets kept to this store; further requests wait for one. */
  readonly connections: number;
  /** Time to the first byte of the reply, and between two bytes of it, in milliseconds. */
  readonly timeoutMs: number;
}

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query, built by us. */
  readonly path: string;
  /** From `outgoingHeaders`. */
  readonly headers: string[];
  readonly body?: Buffer | string | undefined;
}

export interface UpstreamReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /**
   * Whether the system has taken over all of the request's body, so that nothing in this process reads its memory any
   * more. A store may well answer before it has read everything.
   */
  readonly isBodySent: boolean;
}

class ClientGone extends Error {}
class ReplyTooLarge extends Error {}
class Redirected extends Error {}

export class Upstream {
  readonly name: string;
  readonly url: URL;
  readonly #pool: Pool;
  readonly #basePath: string;

  constructor(name: string, url: string, options: UpstreamOptions) {
    this.name = name;
    this.url = new URL(url);
    this.#basePath = this.url.pathname.replace(/\/$/, '');
    const connectTimeout = Math.min(options.timeoutMs, 5_000);
    this.#pool = new Pool(this.url.origin, {
      connections: options.connections,
      pipelining: 1,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      factory: (origin, clientOptions) => new OneSocketClient(origin, clientOptions, connectTimeout),
    });
  }

  /**
   * Pipes the store's reply, whatever its status, to the client with back-pressure; stops the store when the
   * client leaves. Rejects with a 502 or 504 refusal while nothing has been written; later the connection is cut.
   */
  stream(request: UpstreamRequest, response: ServerResponse): Promise<void> {
    return new Promise((resolve, reject) => {
      let control: Dispatcher.DispatchController | undefined;
      const onClose = (): void => {
        if (!response.writableFinished) control?.abort(new ClientGone());
      };
      const onDrain = (): void => control?.resume();
      const done = (): void => {
        response.off('close', onClose);
        response.off('drain', onDrain);
      };
      response.on('close', onClose);
      this.#dispatch(request, {
        onRequestStart: (controller) => {
          control = controller;
          if (response.destroyed) controller.abort(new ClientGone());
        },
        onResponseStart: (controller, status, headers) => {
          if (status < 200) return;
          if (isRedirect(status)) return controller.abort(new Redirected());
          response.writeHead(status, replyHeaders(headers));
        },
        onResponseData: (controller, chunk) => {
          if (response.write(chunk)) return;
          controller.pause();
          response.once('drain', onDrain);
        },
        onResponseEnd: () => {
          done();
          response.end();
          resolve();
        },
        onResponseError: (_controller, error) => {
          done();
          if (error instanceof ClientGone) return resolve();
          if (response.headersSent) {
            response.destroy();
            return resolve();
          }
          reject(this.#failure(error));
        },
      });
    });
  }

  /** Reads the whole reply, of at most `maxBytes`. Rejects with a 502 or 504 refusal. */
  send(request: UpstreamRequest, maxBytes: number, signal?: AbortSignal): Promise<UpstreamReply> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      let status = 0;
      let headers: IncomingHttpHeaders = {};
      let client: OneSocketClient | undefined;
      const onClient = (chosen: OneSocketClient): void => void (client = chosen);
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart: (controller) => {
          signal?.addEventListener('abort', () => controller.abort(new ClientGone()), { once: true });
          if (signal?.aborted) controller.abort(new ClientGone());
        },
        onResponseStart: (controller, code, replied) => {
          if (isRedirect(code)) return controller.abort(new Redirected());
          status = code;
          headers = replied;
        },
        onResponseData: (controller, chunk) => {
          size += chunk.length;
          if (size > maxBytes) controller.abort(new ReplyTooLarge());
          else chunks.push(chunk);
        },
        onResponseEnd: () => {
          const [only] = chunks;
          const body = chunks.length === 1 && only ? only : Buffer.concat(chunks, size);
          resolve({ status, headers, body, isBodySent: client?.hasHandedOver === true });
        },
        onResponseError: (_controller, error) => reject(this.#failure(error)),
      };
      this.#dispatch(request, handler, onClient);
    });
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #dispatch(
    request: UpstreamRequest,
    handler: Dispatcher.DispatchHandler,
    onClient?: (client: OneSocketClient) => void,
  ): void {
    const options = {
      method: request.method,
      path: this.#basePath + request.path,
      headers: request.headers,
      body: request.body ?? null,
      onClient,
    };
    this.#pool.dispatch(options, handler);
  }

  #failure(error: Error): Refusal {
    if (error instanceof ClientGone) return refuse.clientGone();
    if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
      return refuse.gatewayTimeout(`${this.name} did not answer in time`, { cause: error });
    }
    if (error instanceof ReplyTooLarge) {
      return refuse.badGateway(`the answer of ${this.name} is too large to check`, { cause: error });
    }
    if (error instanceof Redirected) {
      return refuse.badGateway(`${this.name} answered with a redirect`, { cause: error });
    }
    return refuse.badGateway(`${this.name} cannot be reached`, { cause: error });
  }
}

const isRedirect = (status: number): boolean => status >= 300 && status < 400 && status !== 304;

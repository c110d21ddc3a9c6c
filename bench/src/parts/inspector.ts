// Sees what the stub saw: the few requests that the stub hands over are kept whole until the run has checked
// that they were enforced or stamped.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { STUB_PORT_HEADER } from './nginx.ts';

export interface Sample {
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

// Of one contender. More than a window needs, few enough to be kept in memory at 233 KB each.
const MAX_KEPT = 50;

export class Inspector {
  readonly port: number;
  readonly #server: Server;
  readonly #samples = new Map<number, Sample[]>();

  /** @param answer the reply to a query, the same as the stub's */
  static async start(answer: string): Promise<Inspector> {
    const server = createServer({ keepAliveTimeout: 600_000 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Inspector(server, answer);
  }

  private constructor(server: Server, answer: string) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('request', (request, response) => {
      void this.#keep(request).then(() => {
        const [status, type, body] = reply(request.url ?? '', answer);
        response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
        response.end(body);
      });
    });
  }

  /** What has arrived at this port of the stub since the last call. */
  take(stubPort: number): Sample[] {
    const taken = this.#samples.get(stubPort) ?? [];
    this.#samples.delete(stubPort);
    return taken;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #keep(request: IncomingMessage): Promise<void> {
    const body = await buffer(request);
    const stubPort = Number(request.headers[STUB_PORT_HEADER]);
    const samples = this.#samples.get(stubPort) ?? [];
    this.#samples.set(stubPort, samples);
    if (samples.length < MAX_KEPT)
      samples.push({ target: request.url ?? '', headers: request.headers, body });
  }
}

function reply(target: string, answer: string): [status: number, type: string, body: string] {
  if (target.includes('/query_range')) return [200, 'application/json', answer];
  if (target.startsWith('/v1/')) return [200, 'application/x-protobuf', ''];
  return [204, 'text/plain', ''];
}

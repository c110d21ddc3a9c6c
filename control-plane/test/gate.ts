/**
 * Stands between a worker and a server outside. It counts what passes and can stop at a request of one's choosing,
 * before the server has seen it or after: then one knows exactly where the worker is.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as ask, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Gate {
  url: string;
  /** `<method> <path>` of each request that came since the last `reset`. */
  requests: string[];
  reset(): void;
  /**
   * Stops at request `index` (from 0, counted from now): `before` the server sees it, or `after` it has answered, when
   * nobody but the gate knows the answer. Resolves once it is there.
   */
  stallAt(index: number, moment: 'before' | 'after'): Promise<void>;
  /** Refuses connections, as a server that is down does. */
  shut(): void;
  /** Lets everything pass; what had been stopped is dropped, since whoever asked is gone. */
  open(): void;
  close(): Promise<void>;
}

export async function openGate(target: string): Promise<Gate> {
  const { hostname, port } = new URL(target);
  let isShut = false;
  let stall: { at: number; moment: 'before' | 'after'; reached: () => void } | undefined;
  let held: ServerResponse[] = [];
  const requests: string[] = [];

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const index = requests.push(`${request.method} ${request.url}`) - 1;
    const body = await buffer(request);
    const stops = stall?.at === index ? stall : undefined;
    if (stops?.moment === 'before') {
      held.push(response);
      stops.reached();
      return;
    }
    const { method, url, headers } = request;
    const onward = ask({ hostname, port, method, path: url, headers, agent: false });
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    const content = await buffer(answer);
    if (stops) {
      held.push(response);
      stops.reached();
      return;
    }
    const { 'transfer-encoding': _, ...answered } = answer.headers;
    response.writeHead(answer.statusCode ?? 500, { ...answered, 'content-length': content.length });
    response.end(method === 'HEAD' ? undefined : content);
  }

  const server = createServer((request, response) => {
    if (isShut) return void request.socket.destroy();
    pass(request, response).catch(() => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    reset: () => void requests.splice(0),
    stallAt(at, moment) {
      requests.splice(0);
      return new Promise((reached) => (stall = { at, moment, reached }));
    },
    shut: () => (isShut = true),
    open() {
      isShut = false;
      stall = undefined;
      for (const response of held) response.destroy();
      held = [];
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

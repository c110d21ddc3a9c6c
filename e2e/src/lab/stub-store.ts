// Stands in for a store that misbehaves: never answers, or leaves in the middle.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubStore {
  readonly url: string;
  /** Requests that have arrived and are not over. */
  readonly underWay: () => number;
  readonly arrived: () => number;
  close(): Promise<void>;
}

/** @param answer does nothing by default: the request hangs */
export async function startStubStore(
  answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined,
): Promise<StubStore> {
  let arrived = 0;
  let underWay = 0;
  const server = createServer((request, response) => {
    arrived += 1;
    underWay += 1;
    response.on('close', () => (underWay -= 1));
    request.resume();
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    underWay: () => underWay,
    arrived: () => arrived,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

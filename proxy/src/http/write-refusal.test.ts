import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { refuse } from './refusal.ts';
import { writeRefusal } from './write-refusal.ts';

let server: Server;
let client: Socket;
let request: IncomingMessage;
let response: ServerResponse;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nque');
  [request, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
  client.destroy();
  server.closeAllConnections();
  server.close();
});

const refuseNow = (): void =>
  writeRefusal(request, response, 'problem', refuse.methodNotAllowed(['GET']), 'id');

describe('a refusal of a request that has not come whole', () => {
  it('keeps the connection until the client has sent the rest', async () => {
    refuseNow();
    expect(jest.getTimerCount()).toBe(1);
    expect(response.writableEnded).toBe(false);
    client.write('ry=up!');
    await once(response, 'finish');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps it for two seconds at most', async () => {
    refuseNow();
    jest.advanceTimersByTime(2_000);
    expect(response.writableEnded).toBe(true);
    await once(client.resume(), 'close');
  });

  it('waits for nothing when the client is gone', async () => {
    client.destroy();
    await new Promise((resolve) => request.on('error', () => undefined).once('close', resolve));
    refuseNow();
    expect(jest.getTimerCount()).toBe(0);
    expect(response.writableEnded).toBe(true);
  });
});

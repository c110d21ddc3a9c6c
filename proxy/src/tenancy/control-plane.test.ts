import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@obstack/service-kit/logger';
import { ControlPlaneClient } from './control-plane.ts';

const TOKEN = 't'.repeat(32);
const SHA = 'a'.repeat(64);

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let client: ControlPlaneClient;

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client = new ControlPlaneClient(
    `http://127.0.0.1:${port}`,
    TOKEN,
    createLogger({ name: 'test', level: 'silent' }),
  );
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});

/** Collects what the client says of the stream, and lets a test await the next of it. */
function recordingListener() {
  const said: string[] = [];
  let wake: () => void = () => undefined;
  const say = (what: string) => {
    said.push(what);
    wake();
  };
  return {
    said,
    connected: () => say('connected'),
    disconnected: () => say('disconnected'),
    invalidated: (subject: string) => say(`invalidated ${subject}`),
    async until(count: number): Promise<string[]> {
      while (said.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return said;
    },
  };
}

describe('the credential events', () => {
  it('are followed again after the line was cut', async () => {
    let connections = 0;
    answer = (request, response) => {
      expect(request.headers.authorization).toBe(`Bearer ${TOKEN}`);
      response.write('{"type":"hello"}\n{"type":"inval');
      response.write(`idated","subject":"credential:${SHA}"}\n`);
      connections += 1;
      if (connections === 1) setImmediate(() => response.destroy());
    };
    const listener = recordingListener();
    client.follow(listener);
    expect(await listener.until(5)).toEqual([
      'connected',
      `invalidated credential:${SHA}`,
      'disconnected',
      'connected',
      `invalidated credential:${SHA}`,
    ]);
  });

  it('that fall silent are taken for dead, and connected anew', async () => {
    answer = (_request, response) => void response.write('{"type":"hello"}\n');
    const listener = recordingListener();
    client.follow(listener);
    expect(await listener.until(3)).toEqual(['connected', 'disconnected', 'connected']);
  });

  it('of a type that is not known are passed over', async () => {
    answer = (_request, response) =>
      void response.write(`{"type":"new"}\n{"type":"invalidated","subject":"credential:${SHA}"}\n`);
    const listener = recordingListener();
    client.follow(listener);
    expect(await listener.until(1)).toEqual([`invalidated credential:${SHA}`]);
  });
});

describe('a question about a credential', () => {
  it('is answered with nobody on 404', async () => {
    answer = (_request, response) => response.writeHead(404).end('{}');
    expect(await client.credential(SHA)).toBeUndefined();
  });

  it.each([
    [500, '{}'],
    [401, '{}'],
    [200, '{"tenantId":"*"}'],
    [200, 'not json'],
    [302, ''],
  ])('is not answered by %i %s', async (status, body) => {
    answer = (_request, response) => response.writeHead(status).end(body);
    await expect(client.credential(SHA)).rejects.toThrow();
  });
});

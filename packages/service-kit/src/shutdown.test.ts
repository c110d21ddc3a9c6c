import { once } from 'node:events';
import { createServer, get, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.ts';
import { closeServer, createShutdown } from './shutdown.ts';

const logger = createLogger({ name: 'test', level: 'silent' });

describe('createShutdown', () => {
  it('stops the newest first, once, however often it is asked', async () => {
    const stopped: string[] = [];
    const shutdown = createShutdown({ logger });
    shutdown.add('database', () => stopped.push('database'));
    shutdown.add('server', async () => {
      await Promise.resolve();
      stopped.push('server');
    });
    await Promise.all([shutdown.run(), shutdown.run()]);
    expect(stopped).toEqual(['server', 'database']);
  });

  it('goes on when a step fails or hangs, and says which', async () => {
    const stopped: string[] = [];
    const shutdown = createShutdown({ logger, deadlineMs: 50 });
    shutdown.add('first', () => stopped.push('first'));
    shutdown.add('hangs', () => new Promise(() => undefined));
    shutdown.add('fails', () => {
      throw new Error('no');
    });
    await expect(shutdown.run()).rejects.toThrow('could not stop: fails, hangs');
    expect(stopped).toEqual(['first']);
  });
});

describe('closeServer', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.closeAllConnections();
  });

  it('lets a request under way finish', async () => {
    const { server, url, asked, answer } = await slowServer();
    servers.push(server);
    const response = fetch(url);
    await asked;
    const closed = closeServer(server);
    await answer();
    expect(await (await response).text()).toBe('done');
    await closed;
  });

  it('cuts off what outlasts the grace', async () => {
    const { server, url, asked } = await slowServer();
    servers.push(server);
    const request = get(url);
    const failed = once(request, 'error');
    await asked;
    await closeServer(server, 10);
    expect(await failed).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
  });
});

/** Answers when told to. */
async function slowServer() {
  const asked = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => asked.resolve(response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answer = async () => (await asked.promise).end('done');
  return { server, url, asked: asked.promise, answer };
}

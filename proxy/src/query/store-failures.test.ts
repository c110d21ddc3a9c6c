// What a client sees when a store is down, slow or breaks off, and what a store sees when a client leaves.
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestProxy } from '../../test/query/testing.ts';
import type { TestProxy } from '../../test/query/testing.ts';

const PATHS = ['/prometheus/api/v1/query?query=up', '/loki/api/v1/labels', '/tempo/api/traces/abc'];
const DOWN = 'http://127.0.0.1:1';

let proxy: TestProxy;
afterEach(() => proxy.close());

describe('a store that is down', () => {
  it.each(PATHS)('%s: 502, with a reason that a person can read', async (path) => {
    proxy = await startTestProxy({ storeUrls: { loki: DOWN, prometheus: DOWN, tempo: DOWN } });
    const { status, text } = await proxy.ask(path);
    expect(status).toBe(502);
    expect(text).toContain('cannot be reached');
    expect(text).not.toContain('ECONNREFUSED');
  });

  it('is asked again as soon as it is back, without a restart of the proxy', async () => {
    const answer = (_request: IncomingMessage, response: ServerResponse): void => void response.end('{}');
    const first = createServer(answer).listen(0, '127.0.0.1');
    await once(first, 'listening');
    const { port } = first.address() as AddressInfo;
    proxy = await startTestProxy({ storeUrls: { prometheus: `http://127.0.0.1:${port}` } });
    const ask = async (): Promise<number> => (await proxy.ask('/prometheus/api/v1/query?query=up')).status;
    expect(await ask()).toBe(200);
    first.close();
    first.closeAllConnections();
    await once(first, 'close');
    expect(await ask()).toBe(502);
    const second = createServer(answer).listen(port, '127.0.0.1');
    await once(second, 'listening');
    expect(await ask()).toBe(200);
    second.close();
    second.closeAllConnections();
  });
});

describe('a store that is slow', () => {
  it.each(PATHS)('%s: 504', async (path) => {
    proxy = await startTestProxy({ timeoutMs: 300 });
    proxy.answerWith(() => undefined);
    const { status, text } = await proxy.ask(path);
    expect([status, text]).toEqual([504, expect.stringContaining('did not answer in time')]);
  });
});

describe('a store that breaks off', () => {
  it('in the middle of its reply: the client sees a broken reply, not a short one', async () => {
    proxy = await startTestProxy();
    proxy.answerWith((_request, response) => {
      response.write('{"status":"success",', () => response.destroy());
    });
    await expect(proxy.ask('/prometheus/api/v1/query?query=up')).rejects.toThrow(/aborted|hang up/);
    expect(await proxy.ask('/tempo/api/traces/abc')).toMatchObject({ status: 502 });
  });
});

describe('a client that leaves', () => {
  it.each(PATHS)('%s: the store is stopped', async (path) => {
    proxy = await startTestProxy({ timeoutMs: 600_000 });
    const asked = new Promise<ServerResponse>((resolve) => {
      proxy.answerWith((_request, response) => resolve(response));
    });
    const { port } = new URL(proxy.url);
    const client = httpRequest({ port, path, headers: { authorization: `Bearer ${proxy.token}` } });
    client.on('error', () => undefined).end();
    const store = await asked;
    client.destroy();
    await once(store, 'close');
    expect(store.writableFinished).toBe(false);
  });

  it('does not have to be gone: one that does not read is cut off', async () => {
    proxy = await startTestProxy({ idleTimeoutMs: 500 });
    const stored = new Promise<ServerResponse>((resolve) => {
      proxy.answerWith((_request, response) => {
        const chunk = Buffer.alloc(1024 * 1024, 0x20);
        const more = (): void => {
          if (!response.destroyed) response.write(chunk, more);
        };
        more();
        resolve(response);
      });
    });
    const { port } = new URL(proxy.url);
    const headers = { authorization: `Bearer ${proxy.token}` };
    const client = httpRequest({ port, path: PATHS[0], headers });
    client.on('error', () => undefined).end();
    const [reply] = (await once(client, 'response')) as [IncomingMessage];
    reply.on('error', () => undefined).pause();
    await once(await stored, 'close');
  });
});

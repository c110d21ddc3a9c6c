import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Upstream } from './forward.ts';

// More than the kernel takes in for a store that does not read.
const LARGE = 64 * 1024 * 1024;

describe('a lent body', () => {
  const closing: (() => Promise<unknown> | undefined)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** A store that reads nothing until it is told to. */
  async function idleStore(): Promise<{ upstream: Upstream; connected: Promise<Socket> }> {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connected = once(server, 'connection').then(([socket]) => socket as Socket);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const upstream = new Upstream('the store', url, { connections: 1, timeoutMs: 10_000 });
    closing.push(
      () => upstream.close(),
      () => void server.close(),
    );
    return { upstream, connected };
  }

  const push = (upstream: Upstream, bytes: number, onSent: () => void): ReturnType<Upstream['send']> =>
    upstream.send({ method: 'POST', path: '/', headers: [], body: Buffer.alloc(bytes, 'a'), onSent }, 1024);

  it('comes back only when the store has it all', async () => {
    const { upstream, connected } = await idleStore();
    let isBack = false;
    const reply = push(upstream, LARGE, () => (isBack = true));
    const socket = await connected;
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received < LARGE / 2) expect(isBack).toBe(false);
      if (received > LARGE) socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    });
    socket.resume();
    expect((await reply).status).toBe(204);
    expect(isBack).toBe(true);
  });

  it('does not come back when it is too small to tell', async () => {
    const { upstream, connected } = await idleStore();
    let isBack = false;
    const reply = push(upstream, 1024, () => (isBack = true));
    const socket = await connected;
    socket.once('data', () => socket.write('HTTP/1.1 204 No Content\r\n\r\n'));
    socket.resume();
    expect((await reply).status).toBe(204);
    expect(isBack).toBe(false);
  });
});

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Upstream } from '../upstream/forward.ts';
import type { UpstreamReply } from '../upstream/forward.ts';
import { sendToStore } from './store-reply.ts';

// More than the sockets of both sides hold, so that most of it waits in this process while nobody reads.
const SIZE = 24 * 1024 * 1024;
const EARLY = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

const admission = { giveBack: () => undefined };
let server: Server;
let store: Upstream;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  store = new Upstream('the store', `http://127.0.0.1:${port}`, { connections: 1, timeoutMs: 20_000 });
});
afterEach(async () => {
  await store.close();
  for (const socket of sockets) socket.destroy();
  server.close();
});

const push = (memory: Buffer): Promise<UpstreamReply> =>
  sendToStore(store, admission, { method: 'POST', path: '/', headers: [], body: memory }, [memory]);

/** The store's side of the first connection, on which nothing is read until somebody listens. */
async function connection(): Promise<Socket> {
  if (sockets.length === 0) await once(server, 'connection');
  return sockets[0] as Socket;
}

/** Reads one request; says whether every byte of its body is `byte`. */
function readRequest(socket: Socket, byte: string): Promise<boolean> {
  return new Promise((resolve) => {
    let left = SIZE;
    let isRight = true;
    let isHead = true;
    socket.on('data', (chunk) => {
      let body = chunk;
      if (isHead) {
        const end = chunk.indexOf('\r\n\r\n');
        body = chunk.subarray(end + 4);
        isHead = false;
      }
      isRight &&= body.equals(Buffer.alloc(body.length, byte));
      left -= body.length;
      if (left === 0) resolve(isRight);
    });
  });
}

describe('the memory of a push', () => {
  it('is freed when the store has read it and answered', async () => {
    const memory = Buffer.alloc(SIZE, 'a');
    const sent = push(memory);
    const socket = await connection();
    expect(await readRequest(socket, 'a')).toBe(true);
    expect(memory).toHaveLength(SIZE);
    socket.write(EARLY);
    expect(await sent).toMatchObject({ status: 200, isBodySent: true });
    expect(memory).toHaveLength(0);
  });

  it('is kept while the socket needs it, though the store has answered; no other’s bytes come in its place', async () => {
    const memory = Buffer.alloc(SIZE, 'a');
    const sent = push(memory);
    const socket = await connection();
    socket.write(EARLY);
    expect(await sent).toMatchObject({ status: 200, isBodySent: false });
    expect(memory).toHaveLength(SIZE);
    // What the next tenants push would get the same memory, had it been freed.
    const others = Array.from({ length: 4 }, () => Buffer.alloc(SIZE, 'b'));
    expect(await readRequest(socket, 'a')).toBe(true);
    expect(others).toHaveLength(4);
  });

  it('is kept when the store answers and hangs up without reading', async () => {
    const memory = Buffer.alloc(SIZE, 'a');
    const sent = push(memory);
    const socket = await connection();
    socket.end(EARLY);
    expect(await sent).toMatchObject({ isBodySent: false });
    socket.resetAndDestroy();
    expect(memory).toHaveLength(SIZE);
  });

  it('is kept when the reply ends because the connection is cut', async () => {
    const memory = Buffer.alloc(SIZE, 'a');
    const sent = push(memory);
    const socket = await connection();
    socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n');
    // The other end, in this process too, has read that after a turn or two of the event loop.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    socket.resetAndDestroy();
    expect(await sent).toMatchObject({ isBodySent: false });
    expect(memory).toHaveLength(SIZE);
  });

  it('is kept when the push fails midway', async () => {
    const memory = Buffer.alloc(SIZE, 'a');
    const sent = push(memory);
    const socket = await connection();
    socket.resetAndDestroy();
    await expect(sent).rejects.toMatchObject({ status: 503 });
    expect(memory).toHaveLength(SIZE);
  });
});

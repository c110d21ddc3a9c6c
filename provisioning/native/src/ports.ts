/**
 * Ports on loopback. A port is held (listened on) from the moment it is chosen until the part which will use it is about
 * to start, so that two stacks choosing at once do not choose the same.
 */
import { createServer, type Server } from 'node:net';
import { RemedyError } from './remedy-error.ts';

export interface HeldPort {
  port: number;
  /** Lets the port go; its new owner should bind it at once. */
  release(): Promise<void>;
}

// Below the ports which systems hand out for outgoing connections (from 32768 on Linux, from 49152 elsewhere): such a
// connection could otherwise take a port in the moment between our letting it go and the part's binding it.
export const FREE_PORTS = '20000-31999';

/**
 * Holds the first of `wanted` that is free, else any free port of the range `OBSTACK_FREE_PORTS` (first and last). Stacks
 * that start and stop beside each other, each with a range of its own, never take the port that another will come back to.
 */
export async function holdPort(wanted: readonly number[]): Promise<HeldPort> {
  for (const port of wanted) {
    const held = await tryHold(port);
    if (held) return held;
  }
  const [first, last] = freePorts(process.env['OBSTACK_FREE_PORTS'] ?? FREE_PORTS);
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const held = await tryHold(first + Math.floor(Math.random() * (last - first + 1)));
    if (held) return held;
  }
  throw new Error(`no free port from ${first} to ${last} on 127.0.0.1`);
}

function freePorts(range: string): [first: number, last: number] {
  const [, first, last] = (/^(\d{1,5})-(\d{1,5})$/.exec(range) ?? []).map(Number);
  if (first === undefined || last === undefined || first < 1024 || last > 65_535 || first > last) {
    throw new RemedyError(
      `OBSTACK_FREE_PORTS=${range} is not a range of ports`,
      `Give the first and the last one, from 1024 to 65535, as in OBSTACK_FREE_PORTS=${FREE_PORTS}.`,
    );
  }
  return [first, last];
}

function tryHold(port: number): Promise<HeldPort | undefined> {
  const server: Server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      // Unreferenced: a port still held must not keep a finished process alive.
      server.unref();
      resolve({ port, release: () => new Promise((done) => void server.close(() => done())) });
    });
  });
}

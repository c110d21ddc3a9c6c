/**
 * Ports on loopback. A port is held (listened on) from the moment it is chosen until the part which will use it is about
 * to start, so that two stacks choosing at once do not choose the same.
 */
import { createServer, type Server } from 'node:net';

export interface HeldPort {
  port: number;
  /** Lets the port go; its new owner should bind it at once. */
  release(): Promise<void>;
}

// Below the ports which systems hand out for outgoing connections (from 32768 on Linux, from 49152 elsewhere): such a
// connection could otherwise take a port in the moment between our letting it go and the part's binding it.
const FREE_FROM = 20_000;
const FREE_TO = 32_000;

/** Holds the first of `wanted` that is free, else any free port. */
export async function holdPort(wanted: readonly number[]): Promise<HeldPort> {
  for (const port of wanted) {
    const held = await tryHold(port);
    if (held) return held;
  }
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const held = await tryHold(FREE_FROM + Math.floor(Math.random() * (FREE_TO - FREE_FROM)));
    if (held) return held;
  }
  throw new Error(`no free port between ${FREE_FROM} and ${FREE_TO} on 127.0.0.1`);
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

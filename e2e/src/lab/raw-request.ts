import { connect } from 'node:net';

export interface RawReply {
  /** Of the first response; 0 when the connection ended without one. */
  readonly status: number;
  /** Everything that came back, several responses too. */
  readonly text: string;
}

/**
 * Writes bytes as they are to an HTTP server and reads until it closes the connection: for requests that no HTTP
 * client would send. Ask for `Connection: close`, or the answer comes after `quietMs` without another byte.
 */
export function rawRequest(baseUrl: string, bytes: string | Buffer, quietMs = 1_500): Promise<RawReply> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server may well cut the line on such a request.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
    });
  });
}

/** A request of these lines, with `Connection: close`; the lines are not checked in any way. */
export const lines = (...all: string[]): string => [...all, 'Connection: close', '', ''].join('\r\n');

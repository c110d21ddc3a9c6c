// Writes lines of JSON as they come up.
import type { ServerResponse } from 'node:http';

/** Why a search is given up when nobody waits for it any more. */
export class ClientLeft extends Error {}

export interface LineWriter<Line> {
  /** In one piece; nothing when the client is gone. */
  write(lines: readonly Line[]): void;
  end(): void;
  /** Aborted when the client leaves before the end. */
  readonly gone: AbortSignal;
}

/** From here on, what goes wrong is said in the lines. */
export function writeLines<Line>(response: ServerResponse): LineWriter<Line> {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new ClientLeft());
  });
  // It goes out with the first lines. Alone it would be there so soon that Go's reverse proxy, which Grafana's is, may not be
  // through with the request yet, and then cuts the answer off: "use of closed network connection", 6 times in 100.
  response.writeHead(200, [
    ...['content-type', 'application/x-ndjson'],
    ...['cache-control', 'no-store'],
    // Some proxies in between would otherwise keep the lines until the end.
    ...['x-accel-buffering', 'no'],
  ]);
  return {
    gone: gone.signal,
    write: (lines) => {
      if (lines.length === 0 || response.destroyed) return;
      response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    },
    end: () => response.end(),
  };
}

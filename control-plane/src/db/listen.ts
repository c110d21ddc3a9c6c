/**
 * Hears what PostgreSQL notifies on one channel, on a connection of its own that comes back by itself.
 * What happened while it was away is lost (NOTIFY keeps nothing), so each return is announced.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@obstack/service-kit/logger';
import pg from 'pg';

const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 2000;
/** A server that has not answered for this long is taken for gone. */
const SILENCE_MS = 3000;

export interface ListenHandlers {
  /** From here on nothing is missed; what was learnt before may be out of date. */
  onListening(): void;
  /** The connection has just been seen to work; comes every `beatMs`. */
  onBeat(): void;
  onNotify(payload: string): void;
  /** Notifications may be missed from here on. */
  onLost(): void;
}

export interface Listener {
  close(): Promise<void>;
}

/** Returns at once; `onListening` tells when it has begun. `channel` is an SQL identifier. */
export function listen(options: {
  databaseUrl: string;
  channel: string;
  /** How often to see whether the connection still works. */
  beatMs: number;
  logger: Logger;
  handlers: ListenHandlers;
}): Listener {
  const { databaseUrl, channel, beatMs, logger, handlers } = options;
  const stop = new AbortController();
  const stopped = () => stop.signal.aborted;
  const done = keepListening();

  async function keepListening(): Promise<void> {
    let pause = RECONNECT_MIN_MS;
    while (!stopped()) {
      const started = Date.now();
      try {
        await listenUntilLost();
      } catch (err) {
        if (!stopped()) logger.warn({ err, channel, retryInMs: pause }, 'not listening to the database');
      }
      handlers.onLost();
      if (Date.now() - started > RECONNECT_MAX_MS) pause = RECONNECT_MIN_MS;
      await delay(pause, undefined, { signal: stop.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, RECONNECT_MAX_MS);
    }
  }

  /** Never returns but by throwing, or when `stop` is signalled. */
  async function listenUntilLost(): Promise<void> {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: `obstack-listen-${channel}`,
      connectionTimeoutMillis: SILENCE_MS,
      query_timeout: SILENCE_MS,
    });
    const lost = new AbortController();
    client.on('error', (error) => lost.abort(error));
    client.on('end', () => lost.abort(new Error('PostgreSQL closed the connection')));
    client.on('notification', ({ payload }) => {
      if (payload) handlers.onNotify(payload);
    });
    const signal = AbortSignal.any([lost.signal, stop.signal]);
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      handlers.onListening();
      while (!signal.aborted) {
        await client.query('SELECT 1');
        handlers.onBeat();
        await delay(beatMs, undefined, { signal }).catch(() => undefined);
      }
      lost.signal.throwIfAborted();
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  return {
    async close() {
      stop.abort();
      await done;
    },
  };
}

/**
 * A connection to Redis for what copies of a process share and can do without; the only owner of `@redis/client`. It comes
 * back by itself, and nobody ever waits for it: what it does not answer soon is a rejection.
 */
import { createHash } from 'node:crypto';
import { createClient } from '@redis/client';
import type { Logger } from './logger.ts';

export interface Redis {
  /** Whether there is any use in asking right now. */
  readonly isReady: boolean;
  /**
   * Runs a script in one step, as nobody else sees it half done. What is asked in one turn of the event loop is sent in
   * one piece.
   * @returns as Redis answers: numbers, texts, null, lists of these
   * @throws when Redis is away, does not answer soon, or does not like the script
   */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  close(): void;
}

export interface Script {
  readonly lua: string;
  readonly sha1: string;
}

export function script(lua: string): Script {
  return { lua, sha1: createHash('sha1').update(lua).digest('hex') };
}

export interface RedisOptions {
  /** `redis://[:password@]host:port[/db]`, `rediss://` for TLS. */
  url: string;
  logger: Logger;
  /** An answer that takes longer is given up, and the next second asks nothing. */
  deadlineMs?: number;
}

const DEADLINE_MS = 100;
/** After an answer that did not come: whoever hangs would make everybody wait for the deadline. */
const PAUSE_MS = 1000;
const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 1000;

/** Returns at once, and connects in the background. */
export function connectRedis({ url, logger, deadlineMs = DEADLINE_MS }: RedisOptions): Redis {
  let pausedUntil = 0;
  let isSaid = false;
  const client = createClient({
    url,
    RESP: 2,
    // What cannot be sent now is of no use later.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 2000,
      reconnectStrategy: (retries) =>
        Math.min(RECONNECT_MIN_MS * 2 ** Math.min(retries, 10), RECONNECT_MAX_MS),
    },
  });
  client.on('error', (err: unknown) => {
    if (!isSaid) logger.warn({ err }, 'Redis is away; going on without it');
    isSaid = true;
  });
  client.on('ready', () => {
    isSaid = false;
    pausedUntil = 0;
    logger.info('connected to Redis');
  });
  // Rejects only when it is closed before it was ever there.
  client.connect().catch(() => undefined);

  async function evaluate(
    { lua, sha1 }: Script,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<unknown> {
    const operands = [String(keys.length), ...keys, ...args];
    try {
      return await client.sendCommand(['EVALSHA', sha1, ...operands]);
    } catch (error) {
      // It has been restarted since, or is new.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.sendCommand(['EVAL', lua, ...operands]);
    }
  }

  function within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        pausedUntil = performance.now() + PAUSE_MS;
        reject(new Error(`Redis did not answer within ${deadlineMs} ms`));
      }, deadlineMs);
      work.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  return {
    get isReady() {
      return client.isReady && performance.now() >= pausedUntil;
    },
    run: (script, keys, args) => within(evaluate(script, keys, args)),
    close() {
      if (client.isOpen) client.destroy();
    },
  };
}

/**
 * Slows down whoever guesses passwords: per account, whether there is such an account or not, and per address. An
 * attempt is counted as a failure before the password is looked at, and taken back when it was right.
 */
import { isIPv6 } from 'node:net';
import { RateLimitedError } from '@obstack/service-kit/problem';
import { sha256Hex } from '@obstack/service-kit/secrets';
import type { Executor } from '../../db/connect.ts';
import type { AttemptsStore, Counter } from './attempts-store.ts';

const HOUR = 3600;
/** At most 12 guesses an hour once the free ones are used up. */
const MAX_PAUSE = 300;
/** Who mistypes is not punished for it. */
const FREE_PER_ACCOUNT = 5;
/** Many people may share an address. */
const FREE_PER_ADDRESS = 50;

export interface Attempts {
  /**
   * Commit it before the password is looked at, whatever comes of that.
   * @param email null where no account is concerned
   * @throws RateLimitedError, and then nothing has been counted
   */
  begin(tx: Executor, email: string | null, ip: string): Promise<void>;
  /** The attempt was no failure. */
  succeeded(tx: Executor, email: string | null, ip: string): Promise<void>;
}

export function createAttempts(store: AttemptsStore): Attempts {
  return {
    async begin(tx, email, ip) {
      for (const counter of counters(email, ip)) {
        if (await store.count(tx, counter)) continue;
        const seconds = await store.pause(tx, counter.subject);
        throw new RateLimitedError(`Too many attempts; try again in ${seconds} s.`, {
          retryAfterSeconds: seconds,
        });
      }
    },

    async succeeded(tx, email, ip) {
      await store.undo(tx, addressSubject(ip));
      if (email !== null) await store.forget(tx, accountSubject(email));
      await store.removeOld(tx);
    },
  };
}

/** The order is always the same, so that two transactions never wait for each other. */
function counters(email: string | null, ip: string): Counter[] {
  const address = {
    subject: addressSubject(ip),
    free: FREE_PER_ADDRESS,
    maxPause: MAX_PAUSE,
    memory: HOUR,
  };
  if (email === null) return [address];
  const account = {
    subject: accountSubject(email),
    free: FREE_PER_ACCOUNT,
    maxPause: MAX_PAUSE,
    memory: 24 * HOUR,
  };
  return [address, account];
}

/** Hashed: people type passwords where the address belongs. */
const accountSubject = (email: string) => `account:${sha256Hex(email)}`;

/** Of IPv6 the network: whoever has one address of it has 2^64. */
function addressSubject(ip: string): string {
  if (!isIPv6(ip) || ip.startsWith('::ffff:')) return `address:${ip}`;
  const [head = '', tail] = ip.split('::');
  const groups = head.split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  const whole = [...groups, ...Array<string>(missing).fill('0'), ...(tail ?? '').split(':').filter(Boolean)];
  return `address:${whole.slice(0, 4).join(':')}::/64`;
}

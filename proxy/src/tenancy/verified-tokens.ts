// Tokens whose signature was found to be good. They stay so: a caller who sends the same one with each request is not
// checked from the beginning each time. Whether the key is still the issuer's is looked at again every minute.
import { hash } from 'node:crypto';

const TRUSTED_FOR_MS = 60_000;
const MAX_VERIFIED = 10_000;

export interface Expiring {
  readonly expiresAtMs: number;
}

interface Entry<T> {
  readonly said: T;
  readonly trustedUntilMs: number;
}

export class VerifiedTokens<T extends Expiring> {
  readonly #verify: (token: string) => Promise<T>;
  readonly #now: () => number;
  /** By SHA-256 of the whole token; oldest first. */
  readonly #entries = new Map<string, Entry<T>>();

  /**
   * @param verify rejects for a token that is not good
   * @param now milliseconds since 1970
   */
  constructor(verify: (token: string) => Promise<T>, now: () => number = Date.now) {
    this.#verify = verify;
    this.#now = now;
  }

  /** What the token says; at once when it was verified lately. */
  read(token: string): T | Promise<T> {
    const sha256 = hash('sha256', token, 'hex');
    const entry = this.#entries.get(sha256);
    if (entry && entry.trustedUntilMs > this.#now()) return entry.said;
    return this.#verify(token).then((said) => this.#remember(sha256, said));
  }

  #remember(sha256: string, said: T): T {
    this.#entries.delete(sha256);
    const trustedUntilMs = Math.min(said.expiresAtMs, this.#now() + TRUSTED_FOR_MS);
    this.#entries.set(sha256, { said, trustedUntilMs });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > MAX_VERIFIED && !oldest.done) this.#entries.delete(oldest.value);
    return said;
  }
}

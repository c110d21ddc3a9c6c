// How much of all pushes under way may be in memory at once. Past that we are overloaded: 503, which senders
// retry, before the process runs out of memory and takes everybody's requests with it.
import { refuse } from '../http/refusal.ts';

export class InFlight {
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param maxBytes of uncompressed bodies; what is stamped is held once more while it is sent */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  lease(): Lease {
    return new Lease((bytes) => {
      if (bytes > 0 && this.#bytes + bytes > this.#maxBytes) {
        throw refuse.unavailable('too much data is being taken in right now', { retryAfterSeconds: 2 });
      }
      this.#bytes += bytes;
    });
  }

  get bytes(): number {
    return this.#bytes;
  }
}

/** One push's share. */
export class Lease {
  readonly #change: (bytes: number) => void;
  #bytes = 0;

  constructor(change: (bytes: number) => void) {
    this.#change = change;
  }

  /** @throws Refusal 503 when there is no room for that much more */
  take(bytes: number): void {
    this.#change(bytes);
    this.#bytes += bytes;
  }

  release(): void {
    this.#change(-this.#bytes);
    this.#bytes = 0;
  }
}

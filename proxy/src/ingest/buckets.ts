// Token buckets, by name: what fills them is given with each use, so that a changed limit counts at once.

/** How much a second, and how much at once after a quiet time. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A bucket, and what fills it. */
export interface Quota {
  readonly bucket: string;
  readonly rate: Rate;
}

/** The first of several buckets that had too little, and after how long it would have enough. */
export interface Shortage {
  readonly index: number;
  readonly seconds: number;
}

export interface Buckets {
  /**
   * Takes the amount from each, or from none and says what is short.
   * @param amount at most the least burst
   */
  take(from: readonly Quota[], amount: number): Shortage | undefined | Promise<Shortage | undefined>;
  giveBack(to: readonly Quota[], amount: number): void;
}

interface Bucket {
  tokens: number;
  /** Milliseconds of the clock. */
  filledAt: number;
}

/** Several for each key in use; past that the oldest start full again. */
const MAX_BUCKETS = 300_000;

/** The buckets of this process alone. */
export class LocalBuckets implements Buckets {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param now a monotonic clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  take(from: readonly Quota[], amount: number): Shortage | undefined {
    for (let index = 0; index < from.length; index++) {
      const quota = from[index]!;
      const { tokens } = this.#filled(quota);
      if (tokens < amount) return { index, seconds: (amount - tokens) / quota.rate.perSecond };
    }
    for (const { bucket } of from) this.#buckets.get(bucket)!.tokens -= amount;
    return undefined;
  }

  giveBack(to: readonly Quota[], amount: number): void {
    for (const { bucket, rate } of to) {
      const known = this.#buckets.get(bucket);
      if (known) known.tokens = Math.min(rate.burst, known.tokens + amount);
    }
  }

  #filled({ bucket: name, rate: { perSecond, burst } }: Quota): Bucket {
    const now = this.#now();
    let bucket = this.#buckets.get(name);
    if (!bucket) {
      bucket = { tokens: burst, filledAt: now };
      const oldest = this.#buckets.keys().next();
      if (this.#buckets.size >= MAX_BUCKETS && !oldest.done) this.#buckets.delete(oldest.value);
      this.#buckets.set(name, bucket);
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond);
    bucket.filledAt = now;
    return bucket;
  }
}

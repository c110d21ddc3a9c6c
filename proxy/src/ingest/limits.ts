// What one tenant may push, as token buckets. A tenant over its own quota gets 429 (Prometheus drops on it by
// default, so nothing else here answers that); what can never fit, however long one waits, is 413.
import { refuse } from '../http/refusal.ts';
import type { Refusal } from '../http/refusal.ts';

/** How much a second, and how much at once after a quiet time. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface PushLimits {
  /** Samples of remote_write and data points of OTLP. */
  readonly samples: Rate;
  /** Uncompressed bytes of OTLP bodies. */
  readonly logBytes: Rate;
  readonly traceBytes: Rate;
  readonly lineBytes: number;
}

export type RateName = 'samples' | 'logBytes' | 'traceBytes';

const UNITS: Record<RateName, string> = {
  samples: 'metric samples',
  logBytes: 'bytes of logs',
  traceBytes: 'bytes of traces',
};

const ASK = 'send less, or ask your operator for a higher limit';

interface Bucket {
  tokens: number;
  /** Milliseconds of the clock. */
  filledAt: number;
}

export class TenantLimits {
  readonly #limits: PushLimits;
  readonly #now: () => number;
  readonly #buckets: Record<RateName, Map<string, Bucket>> = {
    samples: new Map(),
    logBytes: new Map(),
    traceBytes: new Map(),
  };

  /** @param now a monotonic clock in milliseconds */
  constructor(limits: PushLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** For one push of this tenant. */
  admit(tenantId: string): Admission {
    return new Admission(this, tenantId);
  }

  /** @throws Refusal 429 with the time to wait, or 413 for what is above the burst: nothing is taken then */
  take(name: RateName, tenantId: string, amount: number): void {
    const rate = this.#limits[name];
    if (amount > rate.burst) {
      throw refuse.tooLarge(`${amount} ${UNITS[name]} in one request are above the limit of ${rate.burst}`, {
        fix: 'send smaller batches',
      });
    }
    const bucket = this.#fill(name, tenantId, rate);
    if (bucket.tokens < amount) throw overLimit(name, rate, (amount - bucket.tokens) / rate.perSecond);
    bucket.tokens -= amount;
  }

  giveBack(name: RateName, tenantId: string, amount: number): void {
    const bucket = this.#buckets[name].get(tenantId);
    if (bucket) bucket.tokens = Math.min(this.#limits[name].burst, bucket.tokens + amount);
  }

  /** @throws Refusal 413 */
  checkLine(bytes: number): void {
    const { lineBytes } = this.#limits;
    if (bytes <= lineBytes) return;
    throw refuse.tooLarge(`a log line of ${bytes} bytes is above the limit of ${lineBytes}`, {
      fix: 'nothing of the request was written; shorten the line, or ask your operator for a higher limit',
    });
  }

  #fill(name: RateName, tenantId: string, { perSecond, burst }: Rate): Bucket {
    const buckets = this.#buckets[name];
    const now = this.#now();
    let bucket = buckets.get(tenantId);
    if (!bucket) {
      bucket = { tokens: burst, filledAt: now };
      buckets.set(tenantId, bucket);
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond);
    bucket.filledAt = now;
    return bucket;
  }
}

/** What one push has taken of its tenant's limits. */
export class Admission {
  readonly #limits: TenantLimits;
  readonly #tenantId: string;
  readonly #taken: [name: RateName, amount: number][] = [];

  constructor(limits: TenantLimits, tenantId: string) {
    this.#limits = limits;
    this.#tenantId = tenantId;
  }

  /** @throws Refusal 429 or 413, as `TenantLimits.take` */
  take(name: RateName, amount: number): void {
    this.#limits.take(name, this.#tenantId, amount);
    this.#taken.push([name, amount]);
  }

  /** For a push that could not be stored through no fault of its own: the sender will send it again. */
  giveBack(): void {
    for (const [name, amount] of this.#taken.splice(0)) this.#limits.giveBack(name, this.#tenantId, amount);
  }
}

function overLimit(name: RateName, { perSecond, burst }: Rate, seconds: number): Refusal {
  return refuse.overLimit(
    `this tenant is above its limit of ${perSecond} ${UNITS[name]} a second (burst ${burst})`,
    { retryAfterSeconds: Math.max(1, Math.ceil(seconds)), fix: ASK },
  );
}

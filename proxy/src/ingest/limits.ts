// What one tenant may push with all its keys, and what one key may push besides. Over its quota a sender gets 429
// (Prometheus drops on it by default, so nothing else here answers that); what can never fit, however long one waits, is
// 413.
import { refuse } from '../http/refusal.ts';
import type { Refusal } from '../http/refusal.ts';
import type { KnownCredential } from '../tenancy/credentials.ts';
import type { Buckets, Quota, Shortage } from './buckets.ts';

/** Samples of remote_write and data points of OTLP; uncompressed bytes of OTLP bodies. */
export type RateName = 'samples' | 'logBytes' | 'traceBytes';

const UNITS: Record<RateName, string> = {
  samples: 'metric samples',
  logBytes: 'bytes of logs',
  traceBytes: 'bytes of traces',
};

export class PushLimits {
  readonly #buckets: Buckets;

  constructor(buckets: Buckets) {
    this.#buckets = buckets;
  }

  /** For one push with this key. */
  admit(key: KnownCredential): Admission {
    return new Admission(this.#buckets, key);
  }
}

/** What one push has taken of the limits of its tenant and its key. */
export class Admission {
  readonly #buckets: Buckets;
  readonly #key: KnownCredential;
  readonly #taken: [from: readonly Quota[], amount: number][] = [];

  constructor(buckets: Buckets, key: KnownCredential) {
    this.#buckets = buckets;
    this.#key = key;
  }

  /** @throws Refusal 429 with the time to wait, or 413 for what is above a burst: nothing is taken then */
  take(name: RateName, amount: number): void | Promise<void> {
    const from = quotasOf(this.#key)[name];
    const tooSmall = from.find(({ rate }) => amount > rate.burst);
    if (tooSmall) throw aboveBurst(name, tooSmall, amount);
    const shortage = this.#buckets.take(from, amount);
    if (shortage instanceof Promise) return shortage.then((late) => this.#took(name, from, amount, late));
    this.#took(name, from, amount, shortage);
  }

  #took(name: RateName, from: readonly OwnedQuota[], amount: number, shortage: Shortage | undefined): void {
    if (shortage) throw overLimit(name, from[shortage.index]!, shortage);
    this.#taken.push([from, amount]);
  }

  /** @throws Refusal 413 */
  checkLine(bytes: number): void {
    const { limits, keyLimits } = this.#key;
    const most = Math.min(limits.lineBytes, keyLimits.lineBytes ?? Infinity);
    if (bytes <= most) return;
    throw refuse.tooLarge(`a log line of ${bytes} bytes is above the limit of ${most}`, {
      fix: 'nothing of the request was written; shorten the line, or ask for a higher limit',
    });
  }

  /** For a push that could not be stored through no fault of its own: the sender will send it again. */
  giveBack(): void {
    for (const [to, amount] of this.#taken.splice(0)) this.#buckets.giveBack(to, amount);
  }
}

interface OwnedQuota extends Quota {
  readonly owner: 'this tenant' | 'this key';
}
type Quotas = Readonly<Record<RateName, readonly OwnedQuota[]>>;

/** A key is replaced when anything of it changes, so what follows from it is worked out once. */
const worked = new WeakMap<KnownCredential, Quotas>();

function quotasOf(key: KnownCredential): Quotas {
  let quotas = worked.get(key);
  if (!quotas) {
    const of = (name: RateName): OwnedQuota[] => quotasFor(key, name);
    quotas = { samples: of('samples'), logBytes: of('logBytes'), traceBytes: of('traceBytes') };
    worked.set(key, quotas);
  }
  return quotas;
}

/** The tenant's comes first: it is the one that another key cannot mend. */
function quotasFor({ tenantId, id, limits, keyLimits }: KnownCredential, name: RateName): OwnedQuota[] {
  const rate = { perSecond: limits[`${name}PerSecond`], burst: limits[`${name}Burst`] };
  const tenants: OwnedQuota = { owner: 'this tenant', bucket: `${tenantId}:${name}`, rate };
  const perSecond = keyLimits[`${name}PerSecond`];
  const burst = keyLimits[`${name}Burst`];
  if (perSecond === undefined && burst === undefined) return [tenants];
  const own = { perSecond: perSecond ?? rate.perSecond, burst: burst ?? rate.burst };
  return [tenants, { owner: 'this key', bucket: `${tenantId}:${name}:${id}`, rate: own }];
}

const FIXES: Record<OwnedQuota['owner'], string> = {
  'this tenant': 'send less, or ask your operator for a higher limit',
  'this key': 'send less, or give the key a higher limit',
};

function aboveBurst(name: RateName, { owner, rate }: OwnedQuota, amount: number): Refusal {
  const most = `the limit of ${rate.burst} of ${owner}`;
  return refuse.tooLarge(`${amount} ${UNITS[name]} in one request are above ${most}`, {
    fix: 'send smaller batches',
  });
}

function overLimit(name: RateName, { owner, rate }: OwnedQuota, { seconds }: Shortage): Refusal {
  const { perSecond, burst } = rate;
  return refuse.overLimit(
    `${owner} is above its limit of ${perSecond} ${UNITS[name]} a second (burst ${burst})`,
    { retryAfterSeconds: Math.max(1, Math.ceil(seconds)), fix: FIXES[owner] },
  );
}

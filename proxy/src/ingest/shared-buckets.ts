// Token buckets in Redis, so that all copies of the proxy hold a tenant to one limit together. While Redis is away each
// copy holds it to that limit alone (docs/decisions/shared-limits.md).
import { script } from '@obstack/service-kit/redis';
import type { Redis } from '@obstack/service-kit/redis';
import { LocalBuckets } from './buckets.ts';
import type { Buckets, Quota, Shortage } from './buckets.ts';

/**
 * The amount; then for each key: how much a second, and the burst. A bucket is {tokens, at: milliseconds} and is forgotten once it
 * would be full. Redis' own clock counts, as those of the copies differ.
 * Answers nothing, or which key has too little and for how many seconds, as text: Redis cuts numbers to integers.
 */
const TAKE = script(`
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local amount = tonumber(ARGV[1])
  local left = {}
  for i, key in ipairs(KEYS) do
    local perSecond, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local bucket = redis.call('HMGET', key, 'tokens', 'at')
    local passed = math.max(0, now - (tonumber(bucket[2]) or now))
    local tokens = math.min(burst, (tonumber(bucket[1]) or burst) + passed / 1000 * perSecond)
    if tokens < amount then return { i - 1, tostring((amount - tokens) / perSecond) } end
    left[i] = tokens - amount
  end
  for i, key in ipairs(KEYS) do
    local perSecond, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    redis.call('HSET', key, 'tokens', string.format('%.3f', left[i]), 'at', string.format('%.0f', now))
    redis.call('PEXPIRE', key, math.min(math.ceil(burst / perSecond * 1000) + 1000, 2147483647))
  end
  return false
`);

/** The amount; then the burst of each key. */
const GIVE_BACK = script(`
  for i, key in ipairs(KEYS) do
    local tokens = tonumber(redis.call('HGET', key, 'tokens'))
    if tokens then
      tokens = math.min(tonumber(ARGV[i + 1]), tokens + ARGV[1])
      redis.call('HSET', key, 'tokens', string.format('%.3f', tokens))
    end
  end
  return false
`);

export class SharedBuckets implements Buckets {
  readonly #redis: Redis;
  readonly #local: LocalBuckets;
  readonly #onAlone: () => void;

  /** @param onAlone called for each push that was counted by this copy alone */
  constructor(redis: Redis, onAlone: () => void = () => undefined, local = new LocalBuckets()) {
    this.#redis = redis;
    this.#local = local;
    this.#onAlone = onAlone;
  }

  take(from: readonly Quota[], amount: number): Shortage | undefined | Promise<Shortage | undefined> {
    if (!this.#redis.isReady) return this.#takeAlone(from, amount);
    const args = [amount, ...from.flatMap(({ rate }) => [rate.perSecond, rate.burst])];
    return this.#redis
      .run(TAKE, names(from), args.map(String))
      .then(readShortage, () => this.#takeAlone(from, amount));
  }

  giveBack(to: readonly Quota[], amount: number): void {
    if (!this.#redis.isReady) return this.#local.giveBack(to, amount);
    const args = [amount, ...to.map(({ rate }) => rate.burst)];
    this.#redis.run(GIVE_BACK, names(to), args.map(String)).catch(() => this.#local.giveBack(to, amount));
  }

  #takeAlone(from: readonly Quota[], amount: number): Shortage | undefined {
    this.#onAlone();
    return this.#local.take(from, amount);
  }
}

const names = (quotas: readonly Quota[]): string[] => quotas.map(({ bucket }) => `obstack:limits:${bucket}`);

function readShortage(answer: unknown): Shortage | undefined {
  if (answer === null) return undefined;
  const [index, seconds] = answer as [number, string];
  return { index, seconds: Number(seconds) };
}

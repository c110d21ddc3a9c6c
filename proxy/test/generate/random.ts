/** Small deterministic randomness for the query generators: the same seed gives the same queries on every machine. */

/** A number in [0, 1). */
export type Rng = () => number;

/** What generated queries are made of. */
export type Vocabulary = {
  /** Metric names (PromQL), words of log lines (LogQL), span names (TraceQL). At least one. */
  metrics: readonly string[];
  /** Label names; for TraceQL scoped attributes such as `span.http.method`. At least one. */
  labels: readonly string[];
  /** Values of each label, as data holds them (unescaped). A label without values gets a few made-up ones. */
  values: Readonly<Record<string, readonly string[]>>;
  rng: Rng;
};

/** mulberry32: 32 bits of state, good enough to choose productions with. */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(rng: Rng, from: readonly T[]): T {
  const chosen = from[Math.floor(rng() * from.length)];
  if (chosen === undefined) throw new RangeError('nothing to pick from');
  return chosen;
}

export function chance(rng: Rng, probability: number): boolean {
  return rng() < probability;
}

/** An integer from `low` to `high`, both included. */
export function between(rng: Rng, low: number, high: number): number {
  return low + Math.floor(rng() * (high - low + 1));
}

/** `from` to `to` results of `make`, joined. */
export function some(rng: Rng, low: number, high: number, separator: string, make: () => string): string {
  return Array.from({ length: between(rng, low, high) }, make).join(separator);
}

/** A value of `label`, or now and then one that no record has. */
export function valueOf({ values, rng }: Vocabulary, label: string): string {
  const known = values[label] ?? [];
  return known.length > 0 && chance(rng, 0.9) ? pick(rng, known) : pick(rng, ['none', 'a b', 'x|y', '']);
}

/** A double-quoted string as all three languages read it. */
export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** A quoted regular expression, anchored or not as the language has it, that matches `value` among others. */
export function regexFor(rng: Rng, value: string): string {
  const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = pick(rng, [`${escaped}|other`, `${escaped.slice(0, 1)}.*`, '.+', '.*', `(?:${escaped})`]);
  return quoted(/^(?:\\$|[*+?|])/.test(pattern) ? '.*' : pattern);
}

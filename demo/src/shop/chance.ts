/** The few distributions that make generated traffic look like traffic. */

export function chance(probability: number): boolean {
  return Math.random() < probability;
}

export function pick<T>(items: readonly T[]): T {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

export function between(low: number, high: number): number {
  return low + Math.floor(Math.random() * (high - low + 1));
}

/** Waiting time until the next of independent events, in the unit of `mean`. */
export function exponential(mean: number): number {
  return -mean * Math.log(1 - Math.random());
}

/** Latencies: half of them below `median`, with the long tail that real ones have. */
export function logNormal(median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return median * Math.exp(sigma * normal);
}

/** Exponential back-off with jitter, so that a service which comes back is not met by everybody at once. */
const LONGEST_MS = 5 * 60_000;

/**
 * @param attempts how often it was tried so far, 1 or more
 * @param firstMs the longest pause after the first attempt; it doubles with each, up to five minutes
 * @param random from 0 to 1
 * @returns milliseconds until the next attempt, between half of the pause and all of it
 */
export function retryDelay(attempts: number, firstMs: number, random: () => number = Math.random): number {
  const pause = Math.min(firstMs * 2 ** Math.min(attempts - 1, 20), LONGEST_MS);
  return Math.round(pause * (0.5 + random() / 2));
}

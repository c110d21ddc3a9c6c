/** How long to wait before asking again: soon while lines come, ever longer while none do, much longer after a failure. */
export type PollOutcome = 'lines' | 'quiet' | 'failed';

const LEAST_MS = 2_000;
const MOST_MS: Readonly<Record<PollOutcome, number>> = { lines: LEAST_MS, quiet: 10_000, failed: 60_000 };
const GROWTH: Readonly<Record<PollOutcome, number>> = { lines: 1, quiet: 1.5, failed: 2 };

export const pollDelay = (beforeMs: number, outcome: PollOutcome): number =>
  Math.min(MOST_MS[outcome], Math.max(LEAST_MS, beforeMs * GROWTH[outcome]));

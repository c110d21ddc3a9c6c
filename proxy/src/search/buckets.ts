// The stretches of time that a histogram counts in.
import type { Severity, SearchHistogram } from '@obstack/contracts/search';

export interface Buckets {
  /** Of the first bucket, a multiple of the step. */
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
}

const MAX_BUCKETS = 60;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 7, 30].map((n) => n * DAY),
];

/**
 * At most 60 or so whole buckets that cover [from, to), in round steps: so two searches of almost the same range ask a
 * store for the same counts. The outermost ones reach beyond the range.
 */
export function bucketsFor(from: bigint, to: bigint): Buckets {
  const fromMs = Number(from / 1_000_000n);
  const toMs = Number((to + 999_999n) / 1_000_000n);
  const wanted = (toMs - fromMs) / MAX_BUCKETS;
  const stepMs = STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / DAY) * DAY;
  const startMs = Math.floor(fromMs / stepMs) * stepMs;
  return { startMs, stepMs, count: Math.max(1, Math.ceil((toMs - startMs) / stepMs)) };
}

/** Adds up counts per bucket and severity. */
export class Histogram {
  readonly #buckets: Buckets;
  readonly #bySeverity = new Map<Severity | null, number[]>();

  constructor(buckets: Buckets) {
    this.#buckets = buckets;
  }

  /** @param atMs anywhere in its bucket; what lies outside of all is left out */
  add(severity: Severity | null, atMs: number, count: number): void {
    const { startMs, stepMs, count: size } = this.#buckets;
    const index = Math.floor((atMs - startMs) / stepMs);
    if (index < 0 || index >= size || count === 0) return;
    let counts = this.#bySeverity.get(severity);
    if (!counts) this.#bySeverity.set(severity, (counts = new Array<number>(size).fill(0)));
    counts[index] = (counts[index] ?? 0) + count;
  }

  get series(): SearchHistogram['series'] {
    return [...this.#bySeverity].map(([severity, counts]) => ({ severity, counts }));
  }
}

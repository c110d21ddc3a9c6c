// Counts of stretches of time that are over. People look at the same minutes again and again, each time a little later, and
// counting is what costs a store most: a page that was counted once only needs its newest minutes. Found by store, tenant and
// the whole of what is counted, so no tenant can be given another's (isolation class 19).
import type { Severity } from '@obstack/contracts/search';
import type { Buckets } from './buckets.ts';

/** How many of one kind there are within one bucket. */
export interface CountRow {
  /** The beginning of its bucket. */
  readonly atMs: number;
  readonly severity: Severity | null;
  readonly service: string | null;
  readonly count: number;
}

type Load = (missing: Buckets) => Promise<readonly CountRow[]>;

/** All rows of the buckets in [from, to). */
interface Known {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly CountRow[];
  readonly expiresAt: number;
}

/** Agents that could not send try again for about as long. */
const SETTLED_AFTER_MS = 5 * 60_000;
/** What comes later still is counted after this time. */
const KEPT_MS = 5 * 60_000;
const MAX_ROWS = 300_000;

export class SettledCounts {
  readonly #known = new Map<string, Known>();
  readonly #now: () => number;
  readonly #maxRows: number;
  #rows = 0;

  constructor(now: () => number = Date.now, maxRows = MAX_ROWS) {
    this.#now = now;
    this.#maxRows = maxRows;
  }

  /**
   * The rows of `buckets`, of which only those are loaded that are not known.
   * @param key of what is counted, for whom and where
   * @param load its rows may reach beyond what was asked for; those are left out
   */
  async get(key: string, buckets: Buckets, load: Load): Promise<CountRow[]> {
    const { startMs: from, stepMs, count } = buckets;
    const to = from + count * stepMs;
    const name = `${stepMs} ${key}`;
    const known = this.#overlapping(name, from, to);
    const missing = known
      ? [
          [from, known.from],
          [known.to, to],
        ]
      : [[from, to]];
    const loaded = await Promise.all(
      missing.map(async ([a = 0, b = 0]) => {
        if (a >= b) return [];
        const rows = await load({ startMs: a, stepMs, count: (b - a) / stepMs });
        return rows.filter(({ atMs }) => atMs >= a && atMs < b);
      }),
    );
    const rows = [...(known?.rows ?? []), ...loaded.flat()];
    this.#keep(name, stepMs, {
      from: Math.min(from, known?.from ?? from),
      to: Math.max(to, known?.to ?? to),
      rows,
      expiresAt: known?.expiresAt ?? this.#now() + KEPT_MS,
    });
    return rows.filter(({ atMs }) => atMs >= from && atMs < to);
  }

  #overlapping(name: string, from: number, to: number): Known | undefined {
    const known = this.#known.get(name);
    if (known && known.expiresAt <= this.#now()) this.#drop(name, known);
    else if (known && known.from < to && known.to > from) return known;
    return undefined;
  }

  #keep(name: string, stepMs: number, all: Known): void {
    const settled = Math.floor((this.#now() - SETTLED_AFTER_MS) / stepMs) * stepMs;
    const to = Math.min(all.to, settled);
    if (to <= all.from) return;
    const before = this.#known.get(name);
    if (before) this.#drop(name, before);
    const rows = all.rows.filter(({ atMs }) => atMs < to);
    this.#known.set(name, { ...all, to, rows });
    this.#rows += rows.length;
    // Those first that have not been asked for the longest.
    for (const [other, known] of this.#known) {
      if (this.#rows <= this.#maxRows) return;
      this.#drop(other, known);
    }
  }

  #drop(name: string, known: Known): void {
    this.#known.delete(name);
    this.#rows -= known.rows.length;
  }
}

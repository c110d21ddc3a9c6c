// One source's part of an answer, from the first question to its status. Whatever goes wrong in it ends here: the other
// sources never hear of it.
import type { SearchLine, SearchSourceStatus } from '@obstack/contracts/search';
import type { Logger } from '@obstack/service-kit/logger';
import { bucketsFor } from './buckets.ts';
import { countHits } from './count-rows.ts';
import { deadline, TimeIsUp } from './deadline.ts';
import { topFacets } from './facet-counts.ts';
import type { SearchQuery } from './language/query.ts';
import type { Urgency } from './gate.ts';
import { ClientLeft } from './line-writer.ts';
import { BadPosition } from './source.ts';
import type { Ask, Found, Page, Source } from './source.ts';
import { StoreFailure } from './store-failure.ts';

export interface SourceRun {
  readonly source: Source;
  readonly askUntil: (signal: AbortSignal, urgency: Urgency) => Ask;
  readonly gone: AbortSignal;
  readonly timeoutMs: number;
  /** When the search began, as `performance.now()` has it. */
  readonly startedAt: number;
  readonly log: Logger;
}

export type Finding = (ask: Ask) => Promise<Found>;
export type Outcome = Pick<SearchSourceStatus, 'status' | 'reason'>;

/**
 * Asks, hands on what is found, counts, and says how it went.
 * @param onFound is called once, as soon as hits are there; not at all when there is a failure before that
 * @param after what else belongs to this source's answer; its failure makes the answer partial
 */
export async function runSource(
  run: SourceRun,
  find: Finding,
  onFound: (found: Found) => void,
  after?: (found: Found, ask: Ask) => Promise<void>,
): Promise<SearchSourceStatus> {
  const { source, startedAt, gone, timeoutMs } = run;
  const limit = deadline(gone, timeoutMs);
  const ask = run.askUntil(limit.signal, 'hits');
  let found: Found | undefined;
  let firstHitMs: number | null = null;
  let outcome: Outcome;
  try {
    found = await find(ask);
    if (found.hits.length > 0) firstHitMs = msSince(startedAt);
    onFound(found);
    outcome = outcomeOf(found);
    if (after) {
      try {
        await after(found, run.askUntil(limit.signal, 'counts'));
      } catch (error) {
        const { reason } = failureOf(error, run);
        outcome = { status: 'partial', reason: `the counts are missing: ${reason ?? 'unknown'}` };
      }
    }
  } catch (error) {
    outcome = failureOf(error, run);
  } finally {
    limit.clear();
  }
  return {
    type: 'source',
    source: source.name,
    signal: source.signal,
    ...outcome,
    durationMs: msSince(startedAt),
    firstHitMs,
    hits: found?.hits.length ?? 0,
  };
}

/** The counts of a first page: by the store, unless the hits are all there is. */
export async function countLines(
  source: Source,
  query: SearchQuery,
  page: Page,
  found: Found,
  ask: Ask,
): Promise<SearchLine[]> {
  if (found.hits.length === 0) return [];
  const buckets = bucketsFor(page.from, page.to);
  const isAll = found.next === undefined && found.partial === undefined && source.signal !== 'metrics';
  const byStore = isAll ? undefined : await source.count(query, buckets, ask);
  // Tempo counts recent spans in another place than it finds them, which a restart empties.
  const isTold = byStore !== undefined && byStore.histogram.series.length > 0;
  const { histogram, facets } = isTold ? byStore : countHits(found.hits, buckets);
  const of = { source: source.name, signal: source.signal, basis: isTold ? 'store' : 'hits' } as const;
  return [
    { type: 'facets', ...of, facets: topFacets(facets) },
    {
      type: 'histogram',
      ...of,
      ...histogram,
      start: new Date(buckets.startMs).toISOString(),
      stepMs: buckets.stepMs,
    },
  ];
}

/** Milliseconds to a tenth. */
export const msSince = (startedAt: number): number => Math.round((performance.now() - startedAt) * 10) / 10;

function outcomeOf({ partial, inapplicable }: Found): Outcome {
  if (partial !== undefined) return { status: 'partial', reason: partial };
  return { status: 'ok', reason: inapplicable ?? null };
}

function failureOf(error: unknown, { source, log }: SourceRun): Outcome {
  if (error instanceof TimeIsUp) return { status: 'timed-out', reason: `${source.name}: ${error.message}` };
  if (error instanceof StoreFailure) return { status: error.state, reason: error.message };
  if (error instanceof ClientLeft) return { status: 'failed', reason: 'the client left' };
  if (error instanceof BadPosition) {
    return { status: 'failed', reason: 'the cursor is not one of ours for this source: begin anew' };
  }
  log.error({ err: error, source: source.name }, 'a source of the search failed');
  return { status: 'failed', reason: `${source.name} answered in a way that was not understood` };
}

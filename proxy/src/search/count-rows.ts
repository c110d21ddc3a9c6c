// What a histogram and facets are made of: rows of a store, or the hits themselves, which is exact, and free, when they are
// all there is.
import type { SearchHit, SearchHistogram } from '@obstack/contracts/search';
import { Histogram } from './buckets.ts';
import type { Buckets } from './buckets.ts';
import { FacetCounter } from './facet-counts.ts';
import type { CountRow } from './settled-counts.ts';
import type { Counted } from './source.ts';

type Unit = SearchHistogram['unit'];

const UNIT = { logs: 'lines', traces: 'traces', metrics: 'series' } as const satisfies Record<
  SearchHit['signal'],
  Unit
>;

export function countedBy(rows: readonly CountRow[], unit: Unit, buckets: Buckets): Counted {
  const histogram = new Histogram(buckets);
  const facets = new FacetCounter();
  for (const { atMs, severity, service, count } of rows) {
    histogram.add(severity, atMs, count);
    facets.add('service', service, count);
    facets.add('level', severity, count);
  }
  return { histogram: { unit, series: histogram.series }, facets: facets.counts };
}

/** @param hits of one source */
export function countHits(hits: readonly SearchHit[], buckets: Buckets): Counted {
  const rows = hits.map(({ time, service, severity }) => ({
    ...{ atMs: Date.parse(time), severity, service, count: 1 },
  }));
  return countedBy(rows, UNIT[hits[0]?.signal ?? 'logs'], buckets);
}

// Counts the hits themselves: exact, and free, when they are all there is.
import type { SearchHit, SearchHistogram } from '@obstack/contracts/search';
import { Histogram } from './buckets.ts';
import type { Buckets } from './buckets.ts';
import { FacetCounter } from './facet-counts.ts';
import type { Counted } from './source.ts';

const UNIT = { logs: 'lines', traces: 'traces', metrics: 'series' } as const satisfies Record<
  SearchHit['signal'],
  SearchHistogram['unit']
>;

/** @param hits of one source */
export function countHits(hits: readonly SearchHit[], buckets: Buckets): Counted {
  const histogram = new Histogram(buckets);
  const facets = new FacetCounter();
  for (const { time, service, severity } of hits) {
    histogram.add(severity, Date.parse(time), 1);
    facets.add('service', service, 1);
    facets.add('level', severity, 1);
  }
  return {
    histogram: { unit: UNIT[hits[0]?.signal ?? 'logs'], series: histogram.series },
    facets: facets.counts,
  };
}

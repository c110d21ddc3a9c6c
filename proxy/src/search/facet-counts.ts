import type { SearchFacets } from '@obstack/contracts/search';
import type { FacetCounts } from './source.ts';

const MAX_VALUES = 20;

/** Adds up how often each value of each field occurs. */
export class FacetCounter {
  readonly counts = new Map<string, Map<string, number>>();

  add(field: string, value: string | null | undefined, count: number): void {
    if (value === null || value === undefined || value === '' || count === 0) return;
    let values = this.counts.get(field);
    if (!values) this.counts.set(field, (values = new Map<string, number>()));
    values.set(value, (values.get(value) ?? 0) + count);
  }
}

/** The most frequent values of each field, in a stable order. */
export function topFacets(counts: FacetCounts): SearchFacets['facets'] {
  return [...counts].map(([field, values]) => ({
    field,
    values: [...values]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .slice(0, MAX_VALUES)
      .map(([value, count]) => ({ value, count })),
  }));
}

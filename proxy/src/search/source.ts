// What a store has to be able to do in order to be searched. A new one is a new file in sources/ and a line in routes.ts.
import type { Signal } from '@obstack/contracts';
import type { SearchHit, SearchHistogram, SearchSource } from '@obstack/contracts/search';
import type { Buckets } from './buckets.ts';
import type { SearchQuery } from './language/query.ts';
import type { CountRow } from './settled-counts.ts';

export interface Source {
  readonly name: SearchSource;
  readonly signal: Signal;
  /** Newest first. Rejects with a StoreFailure, or with the reason of an aborted `ask`. */
  find(query: SearchQuery, page: Page, ask: Ask): Promise<Found>;
  /** Counts all that matches, as the store sees it. Rejects as `find` does. */
  count(query: SearchQuery, buckets: Buckets, ask: Ask): Promise<Counted>;
  /** Metrics that hold exemplars of a trace; only where there are such things. */
  readonly exemplarsOf?: (traceId: string, about: SearchQuery, page: Page, ask: Ask) => Promise<Found>;
}

export interface Page {
  readonly from: bigint;
  /** Exclusive. */
  readonly to: bigint;
  readonly limit: number;
  /** `next` of an earlier page; checked by the source itself, because it comes back from the client. */
  readonly position: string | undefined;
}

export interface Found {
  readonly hits: readonly SearchHit[];
  /** Undefined when there is nothing more. */
  readonly next: string | undefined;
  /** Why there may be more than this can ever say. */
  readonly partial?: string | undefined;
  /** Why this store cannot hold an answer. */
  readonly inapplicable?: string | undefined;
}

export interface Counted {
  readonly histogram: Pick<SearchHistogram, 'unit' | 'series'>;
  readonly facets: FacetCounts;
}

/** Field → value → count. */
export type FacetCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Asks the source's store, as one tenant and until one deadline. What may be shared is not asked twice within seconds. */
export interface Ask {
  (path: string, params: readonly string[]): Promise<unknown>;
  shared(path: string, params: readonly string[]): Promise<unknown>;
  /** What is counted per bucket, of which only that is loaded which is not known from a moment ago. */
  settled(
    what: readonly string[],
    buckets: Buckets,
    load: (missing: Buckets) => Promise<readonly CountRow[]>,
  ): Promise<CountRow[]>;
}

/** A position that is not one of ours. */
export class BadPosition extends Error {}

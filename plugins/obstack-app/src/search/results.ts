/** What a search has brought so far: pure, so that any order of lines can be tested. */
import type {
  SearchDone,
  SearchFacets,
  SearchHistogram,
  SearchHit,
  SearchLine,
  SearchSource,
  SearchSourceStatus,
} from '@obstack/contracts/search';

export interface Results {
  /** Newest first; each id once. */
  hits: readonly SearchHit[];
  /** The latest word of each source, in a fixed order. */
  sources: readonly SearchSourceStatus[];
  facets: readonly SearchFacets[];
  histograms: readonly SearchHistogram[];
  done: SearchDone | null;
}

export const NO_RESULTS: Results = { hits: [], sources: [], facets: [], histograms: [], done: null };

/** The order in which they are shown. */
export const SOURCES: readonly SearchSource[] = ['loki', 'tempo', 'prometheus', 'opensearch'];

/** The results with `lines` added; lines of an unknown type are ignored, as the contract asks. */
export function withLines(results: Results, lines: readonly SearchLine[]): Results {
  const hits = new Map(results.hits.map((hit) => [hit.id, hit]));
  const sources = bySource(results.sources);
  const facets = bySource(results.facets);
  const histograms = bySource(results.histograms);
  let { done } = results;

  for (const line of lines) {
    switch (line.type) {
      case 'hit':
        hits.set(line.hit.id, line.hit);
        break;
      case 'source':
        sources.set(line.source, line);
        break;
      case 'facets':
        facets.set(line.source, line);
        break;
      case 'histogram':
        histograms.set(line.source, line);
        break;
      case 'done':
        done = line;
        break;
    }
  }
  return {
    hits: [...hits.values()].sort(newestFirst),
    sources: inOrder(sources),
    facets: inOrder(facets),
    histograms: inOrder(histograms),
    done,
  };
}

/** Times are UTC with up to nanoseconds, hence as text: a Date would drop all below the millisecond. */
function newestFirst(a: SearchHit, b: SearchHit): number {
  const byMs = Date.parse(b.time) - Date.parse(a.time);
  if (byMs !== 0) {
    return byMs;
  }
  return b.time.localeCompare(a.time) || a.id.localeCompare(b.id);
}

const bySource = <T extends { source: SearchSource }>(lines: readonly T[]) =>
  new Map(lines.map((line) => [line.source, line]));

const inOrder = <T extends { source: SearchSource }>(lines: ReadonlyMap<SearchSource, T>) =>
  SOURCES.flatMap((source) => lines.get(source) ?? []);

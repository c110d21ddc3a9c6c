/** Lines of an answer, for tests: give what matters, the rest is plausible. */
import type {
  SearchFacets,
  SearchHistogram,
  SearchHit,
  SearchLine,
  SearchSourceStatus,
} from '@obstack/contracts/search';

export function hitOf(patch: Partial<SearchHit> = {}): SearchHit {
  return {
    id: 'loki:1',
    signal: 'logs',
    source: 'loki',
    time: '2026-11-23T09:00:00.123456789Z',
    service: 'checkout',
    severity: 'error',
    title: 'card declined',
    attributes: { 'http.route': '/pay' },
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    durationMs: null,
    nativeQuery: '{service_name="checkout"} |= `card declined`',
    ...patch,
  };
}

export const traceOf = (patch: Partial<SearchHit> = {}): SearchHit =>
  hitOf({ id: 'tempo:1', signal: 'traces', source: 'tempo', title: 'POST /checkout', durationMs: 842.5, ...patch });

export const hitLine = (hit: SearchHit): SearchLine => ({ type: 'hit', hit });

export function sourceLine(patch: Partial<SearchSourceStatus> = {}): SearchSourceStatus {
  return {
    type: 'source',
    source: 'loki',
    signal: 'logs',
    status: 'ok',
    reason: null,
    durationMs: 42,
    firstHitMs: 12,
    hits: 1,
    ...patch,
  };
}

export function facetsLine(facets: SearchFacets['facets'], patch: Partial<SearchFacets> = {}): SearchFacets {
  return { type: 'facets', source: 'loki', signal: 'logs', basis: 'store', facets, ...patch };
}

export function histogramLine(patch: Partial<SearchHistogram> = {}): SearchHistogram {
  return {
    type: 'histogram',
    source: 'loki',
    signal: 'logs',
    basis: 'store',
    unit: 'lines',
    start: '2026-11-23T08:00:00.000Z',
    stepMs: 60_000,
    series: [
      { severity: 'info', counts: [10, 20, 30] },
      { severity: 'error', counts: [0, 1, 5] },
    ],
    ...patch,
  };
}

export const doneLine = (next: string | null = null): SearchLine => ({ type: 'done', next, durationMs: 50 });

import { lastValueFrom, map, merge, type Observable, of, scan } from 'rxjs';
import {
  type AnnotationSupport,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  DataSourceApi,
  type DataSourceInstanceSettings,
  type LegacyMetricFindQueryOptions,
  LoadingState,
  type MetricFindValue,
  type ScopedVars,
  type TestDataSourceResponse,
  type TimeRange,
} from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import type { SearchRequest, SearchSource, SearchSourceStatus } from '@obstack/contracts/search';
import { testProxy } from '../connection/connection-test';
import { knownValues, mergeFacets } from '../search/facets';
import { NO_RESULTS, type Results, withLines } from '../search/results';
import { search } from '../search/search-api';
import { SOURCE_NAME } from '../search/signals';
import { timeRangeOf } from '../search/search-url';
import { annotationsOf } from './annotations';
import { logsFrame, tracesFrame, volumeFrames } from './frames';
import type { ObstackOptions, ObstackQuery, QueryType } from './types';

/** Of each source, where the values of an attribute are looked for. */
const MOST_HITS = 200;

/** The search service as a data source: for dashboards, and for Explore. It asks as the search page asks. */
export class ObstackDatasource extends DataSourceApi<ObstackQuery, ObstackOptions> {
  /** Grafana's own editor; a hit is an annotation at its time. */
  readonly annotations: AnnotationSupport<ObstackQuery> = {
    getDefaultQuery: () => ({ queryType: 'logs', query: 'level:error', limit: 100 }),
    processEvents: (_, frames) => of(annotationsOf(frames)),
  };
  private readonly api: string;

  constructor(settings: DataSourceInstanceSettings<ObstackOptions>) {
    super(settings);
    this.api = `${settings.url}/api`;
  }

  getDefaultQuery(): Partial<ObstackQuery> {
    return { queryType: 'logs', query: '', limit: 100 };
  }

  filterQuery({ hide }: ObstackQuery): boolean {
    return !hide;
  }

  query({ targets, range, scopedVars }: DataQueryRequest<ObstackQuery>): Observable<DataQueryResponse> {
    return merge(...targets.map((target) => this.answer(target, range, scopedVars)));
  }

  private answer(target: ObstackQuery, range: TimeRange, scopedVars: ScopedVars): Observable<DataQueryResponse> {
    const { refId, queryType = 'logs' } = target;
    return this.search(target, range, scopedVars).pipe(
      map((results) => {
        const frames = framesOf(queryType, refId, results);
        const notices = results.sources.filter(isMissing).map(noticeOf);
        return {
          key: refId,
          state: results.done ? LoadingState.Done : LoadingState.Streaming,
          data: frames.map((frame) => ({ ...frame, meta: { ...frame.meta, notices } })),
        };
      })
    );
  }

  private search(
    { query = '', queryType = 'logs', limit }: Omit<ObstackQuery, 'refId'>,
    { from, to }: TimeRange,
    scopedVars?: ScopedVars
  ): Observable<Results> {
    const request: SearchRequest = {
      query: getTemplateSrv().replace(query, scopedVars),
      from: from.toISOString(),
      to: to.toISOString(),
      // Volume comes with any search; its hits are not looked at.
      ...(queryType === 'volume' ? { limit: 1 } : { signals: [queryType] }),
      ...(limit && { limit }),
    };
    return search(this.api, request).pipe(scan(withLines, NO_RESULTS));
  }

  /**
   * Values for a template variable: of a field, as `service`; or as `service | level:error` of what a search finds. Services
   * and levels are counted by the stores; of an attribute, as `@http.route`, these are the values among the newest hits.
   */
  async metricFindQuery(text: string, options?: LegacyMetricFindQueryOptions): Promise<MetricFindValue[]> {
    const [field = '', query = ''] = text.split('|').map((part) => part.trim());
    const values = (await this.known(query, field.startsWith('@') ? MOST_HITS : 1, options))[field] ?? [];
    return values.map((value) => ({ text: value, value }));
  }

  /** What a query may ask for, by field: for suggestions. */
  async known(
    query = '',
    limit = MOST_HITS,
    options?: LegacyMetricFindQueryOptions
  ): Promise<Record<string, string[]>> {
    const range = options?.range ?? timeRangeOf({ from: 'now-1h', to: 'now' });
    const { facets, hits } = await lastValueFrom(
      this.search({ query, queryType: 'volume', limit }, range, options?.scopedVars)
    );
    const all = new Set<SearchSource>(facets.map(({ source }) => source));
    return knownValues(mergeFacets(facets, all, Infinity), hits);
  }

  /** Says whom the proxy takes us for and that nobody else's data shows; or what is wrong. */
  async testDatasource(): Promise<TestDataSourceResponse> {
    const findings = await testProxy(this.api);
    const broken = findings.find(({ severity }) => severity === 'error');
    const lines = findings.map(({ title, detail }) => (detail ? `${title}: ${detail}` : title));
    return {
      status: broken ? 'error' : 'success',
      message: broken ? [broken.title, broken.detail].filter(Boolean).join(': ') : lines.join('. '),
    };
  }
}

function framesOf(queryType: QueryType, refId: string, { hits, histograms }: Results): DataFrame[] {
  switch (queryType) {
    case 'logs':
      return [logsFrame(refId, hits)];
    case 'traces':
      return [tracesFrame(refId, hits)];
    case 'volume':
      return volumeFrames(refId, histograms);
  }
}

const isMissing = ({ status }: SearchSourceStatus) => status !== 'ok' && status !== 'not-configured';

/** A panel that lacks a source's answer says so in its corner. */
const noticeOf = ({ source, status, reason }: SearchSourceStatus) => ({
  severity: 'warning' as const,
  text: `${SOURCE_NAME[source]}: ${reason ?? status}`,
});

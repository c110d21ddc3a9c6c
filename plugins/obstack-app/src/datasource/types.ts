import type { DataSourceJsonData } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';

/** Alerts and costs join when there is something behind them. */
export const QUERY_TYPES = ['logs', 'traces', 'volume'] as const;
export type QueryType = (typeof QUERY_TYPES)[number];

export interface ObstackQuery extends DataQuery {
  queryType?: QueryType;
  /** In the language of the search box. */
  query?: string;
  /** Hits, at most; of volume none are shown. */
  limit?: number;
}

export interface ObstackOptions extends DataSourceJsonData {
  proxyUrl?: string;
}

export interface ObstackSecrets {
  token?: string;
}

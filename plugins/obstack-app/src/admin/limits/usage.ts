/** How much of its limits a tenant uses, as its own data says: what the stores took, by the minute. */
import { lastValueFrom } from 'rxjs';
import { getBackendSrv, isFetchError } from '@grafana/runtime';
import { PROXY_API } from '../../constants';
import { failureOf } from '../../streams/failure';
import type { LimitName } from './limit-names';

/** Per second, oldest first, one for each minute. */
export type Usage = readonly number[];

export const USAGE_MINUTES = 60;

/** Limits that something measures: of traces the stores say how many there are, not how large. */
export const MEASURED = {
  logBytesPerSecond: { path: '/loki/api/v1/query_range', query: 'sum(bytes_rate({service_name=~".+"}[1m]))' },
  samplesPerSecond: {
    path: '/prometheus/api/v1/query_range',
    // Names are dropped by count_over_time, after which series collide; last_over_time keeps them. Exact as long as no
    // series sends more than one sample in 5 s.
    query: 'sum_over_time(count(last_over_time({__name__!=""}[5s]))[1m:5s]) / 60',
  },
} as const satisfies Partial<Record<LimitName, { path: string; query: string }>>;
export type MeasuredLimit = keyof typeof MEASURED;

interface Answer {
  data: { result: Array<{ values: Array<[number, string]> }> };
}

/**
 * The last hour of it, by the token of this organisation: so of its own tenant.
 * @throws {Failure}
 */
export async function usageOf(limit: MeasuredLimit, signal: AbortSignal, now = Date.now()): Promise<Usage> {
  const { path, query } = MEASURED[limit];
  const end = Math.floor(now / 60_000) * 60;
  const params = { query, start: end - USAGE_MINUTES * 60, end, step: 60 };
  try {
    const answer = getBackendSrv().fetch<Answer>({
      url: PROXY_API + path,
      params,
      abortSignal: signal,
      showErrorAlert: false,
    });
    const { data } = await lastValueFrom(answer);
    return (data.data.result[0]?.values ?? []).map(([, value]) => Number(value));
  } catch (error) {
    throw isFetchError(error) ? failureOf(error.status, JSON.stringify(error.data)) : error;
  }
}

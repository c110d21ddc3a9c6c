/** PromQL, and LogQL over numbers, through the proxy: both stores answer in the same shape. */
import { map, type Observable } from 'rxjs';
import { PROXY_API } from '../constants';
import { getJson } from '../streams/get-json';

export interface Series {
  labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, and the value; what is not a number is left out. */
  points: ReadonlyArray<readonly [at: number, value: number]>;
}

export interface Span {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}

interface Answer {
  data: {
    result: Array<{
      metric: Record<string, string>;
      value?: [number, string];
      values?: Array<[number, string]>;
    }>;
  };
}

const PROMETHEUS = `${PROXY_API}/prometheus/api/v1`;
const LOKI = `${PROXY_API}/loki/api/v1`;

/** Of each series one value, as it was at `at`. */
export const promInstant = (query: string, at: number): Observable<Series[]> =>
  read(getJson(`${PROMETHEUS}/query`, { query, time: at / 1000 }));

/** `stepMs`: a value for each of these steps. */
export const promRange = (query: string, { from, to }: Span, stepMs: number): Observable<Series[]> =>
  read(getJson(`${PROMETHEUS}/query_range`, { query, start: from / 1000, end: to / 1000, step: stepMs / 1000 }));

export const lokiInstant = (query: string, at: number): Observable<Series[]> =>
  read(getJson(`${LOKI}/query`, { query, time: nanos(at) }));

const nanos = (ms: number) => `${Math.round(ms)}000000`;

const read = (answer: Observable<Answer>): Observable<Series[]> =>
  answer.pipe(
    map(({ data }) =>
      data.result.map(({ metric, value, values }) => ({
        labels: metric,
        points: (values ?? (value ? [value] : []))
          .map(([at, text]) => [Math.round(at * 1000), Number(text)] as const)
          .filter(([, number]) => Number.isFinite(number)),
      }))
    )
  );

/** A step with about `points` values in the range, of whole seconds, at least `leastMs`. */
export function stepOf({ from, to }: Span, points: number, leastMs = 10_000): number {
  return Math.max(leastMs, Math.ceil((to - from) / points / 1000) * 1000);
}

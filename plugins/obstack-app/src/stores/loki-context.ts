/** The lines around one line, of the same stream (https://grafana.com/docs/loki/latest/reference/loki-http-api/). */
import { forkJoin, map, type Observable } from 'rxjs';
import { PROXY_API } from '../constants';
import { getJson } from '../streams/get-json';

export interface ContextLine {
  /** Since 1970. */
  nanos: bigint;
  text: string;
  /** As Loki detected it; empty when it did not. */
  level: string;
  /** It is the line that was asked about, or one just like it. */
  isOwn: boolean;
}

interface Answer {
  data: { result: Array<{ stream: Record<string, string>; values: Array<[nanos: string, line: string]> }> };
}

/** A quiet stream is not searched back to its beginning. */
const REACH_NANOS = 3_600_000_000_000n;

interface Wanted {
  /** A LogQL query whose stream selector comes first. */
  nativeQuery: string;
  /** RFC 3339, UTC, up to nanoseconds. */
  time: string;
  title: string;
  /** Lines before, and lines after. */
  lines: number;
}

/** Oldest first. */
export function contextOf({ nativeQuery, time, title, lines }: Wanted): Observable<ContextLine[]> {
  const at = nanosOf(time);
  const ask = (direction: 'backward' | 'forward', start: bigint, end: bigint, limit: number) =>
    getJson<Answer>(`${PROXY_API}/loki/api/v1/query_range`, {
      query: selectorOf(nativeQuery),
      direction,
      start: String(start),
      end: String(end),
      limit,
    });
  const before = ask('backward', at - REACH_NANOS, at, lines);
  // The line itself and all of its nanosecond come with what followed.
  const after = ask('forward', at, at + REACH_NANOS, lines + 1);
  return forkJoin([before, after]).pipe(
    map((answers) =>
      answers
        .flatMap(({ data }) => data.result)
        .flatMap(({ stream, values }) =>
          values.map(([nanos, text]) => ({
            nanos: BigInt(nanos),
            text,
            level: stream['detected_level'] ?? stream['level'] ?? '',
            isOwn: BigInt(nanos) === at && text.startsWith(title.replace(/…$/, '')),
          }))
        )
        .sort((a, b) => (a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0))
    )
  );
}

/** `{…}` at the start, quotes and what is escaped in them respected. */
export function selectorOf(query: string): string {
  return /^\{(?:"(?:\\.|[^"\\])*"|`[^`]*`|[^"`}])*\}/.exec(query)?.[0] ?? query;
}

/** Nanoseconds since 1970 of an RFC 3339 time in UTC. */
export function nanosOf(time: string): bigint {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  const seconds = BigInt(Math.floor(Date.parse(time) / 1000));
  return seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

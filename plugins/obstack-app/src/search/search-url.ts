import { dateTime, rangeUtil, type RawTimeRange, type TimeRange } from '@grafana/data';
import type { SearchRequest } from '@obstack/contracts/search';
import { choice, flag, type StateOf, text } from '../url-state/url-state';

export const SIGNAL_VIEWS = ['all', 'logs', 'traces', 'metrics'] as const;
export type SignalView = (typeof SIGNAL_VIEWS)[number];

/** What of an open hit shows. */
export const HIT_VIEWS = ['fields', 'related', 'context'] as const;
export type HitView = (typeof HIT_VIEWS)[number];

/** `from` and `to` as Grafana writes them: `now-1h`, or milliseconds since 1970. */
export const SEARCH_URL = {
  q: text(),
  from: text('now-1h'),
  to: text('now'),
  signal: choice(SIGNAL_VIEWS, 'all'),
  /** The id of the hit that is open. */
  hit: text(),
  view: choice(HIT_VIEWS, 'fields'),
  /** Logs as they come, instead of a range. */
  live: flag,
};
export type SearchUrl = StateOf<typeof SEARCH_URL>;

/** Times that make no sense are taken as the default: a link that was cut should still show something. */
export function timeRangeOf({ from, to }: Pick<SearchUrl, 'from' | 'to'>): TimeRange {
  const raw: RawTimeRange = { from: rawTime(from), to: rawTime(to) };
  const range = rangeUtil.convertRawToRange(raw);
  return range.from.isValid() && range.to.isValid() && range.from.isBefore(range.to)
    ? range
    : rangeUtil.convertRawToRange({ from: 'now-1h', to: 'now' });
}

export function rawTimesOf({ raw }: TimeRange): Pick<SearchUrl, 'from' | 'to'> {
  const write = (time: RawTimeRange['from']) => (typeof time === 'string' ? time : String(time.valueOf()));
  return { from: write(raw.from), to: write(raw.to) };
}

export function requestOf(query: string, { from, to }: TimeRange): SearchRequest {
  return { query, from: from.toISOString(), to: to.toISOString() };
}

const rawTime = (text: string) => (/^\d+$/.test(text) ? dateTime(Number(text)) : text);

/** `href` with the times that `range` has now: what a colleague opens later shows the same. */
export function absoluteLink(href: string, { from, to }: TimeRange): string {
  const url = new URL(href);
  url.searchParams.set('from', String(from.valueOf()));
  url.searchParams.set('to', String(to.valueOf()));
  return url.href;
}

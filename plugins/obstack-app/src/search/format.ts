import { dateTimeFormat } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';

/** Milliseconds as people read them: `850 µs`, `12.4 ms`, `1.25 s`, `3 min 5 s`. */
export function formatMs(ms: number): string {
  if (ms < 1) {
    return `${Math.round(ms * 1000)} µs`;
  }
  if (ms < 1000) {
    return `${digits(ms)} ms`;
  }
  if (ms < 60_000) {
    return `${digits(ms / 1000)} s`;
  }
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** Three significant digits. */
const digits = (value: number) => String(Number(value.toPrecision(3)));

export const formatCount = (count: number, locale?: string) =>
  new Intl.NumberFormat(locale, { notation: count < 10_000 ? 'standard' : 'compact' }).format(count);

/** `withDate` when the range spans more than a day; a log needs its milliseconds either way. */
export function formatTime(time: string, timeZone: TimeZone, withDate: boolean): string {
  return dateTimeFormat(time, { timeZone, format: withDate ? 'MM-DD HH:mm:ss.SSS' : 'HH:mm:ss.SSS' });
}

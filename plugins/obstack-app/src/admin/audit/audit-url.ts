import { dateTime, rangeUtil, type TimeRange } from '@grafana/data';
import { rawTimesOf, timeRangeOf } from '../../search/search-url';
import { choice, type StateOf, text } from '../../url-state/url-state';

export const OUTCOME_VIEWS = ['all', 'success', 'denied', 'failure'] as const;

export const AUDIT_URL = {
  action: text(),
  actor: text(),
  target: text(),
  outcome: choice(OUTCOME_VIEWS, 'all'),
  /** As Grafana writes them; '' for all time. */
  from: text(),
  to: text(),
  /** The event whose details show. */
  open: text(),
  cursor: text(),
};
export type AuditUrl = StateOf<typeof AUDIT_URL>;

/** What of the URL narrows the log. Relative times are those of now. */
export function filterOf(url: AuditUrl) {
  const { action, actor, target, outcome } = url;
  const range = rangeOf(url);
  return {
    ...(action && { action }),
    ...(actor && { actor }),
    ...(target && { target }),
    ...(outcome !== 'all' && { outcome }),
    ...(range && { from: range.from.toISOString(), to: range.to.toISOString() }),
  };
}

/** Null for all time. */
export function rangeOf({ from, to }: Pick<AuditUrl, 'from' | 'to'>): TimeRange | null {
  return from === '' && to === '' ? null : timeRangeOf({ from: from || 'now-1h', to: to || 'now' });
}

/** What a time picker shows for all time. */
export const noRange = (): TimeRange => {
  const never = dateTime(null);
  return { from: never, to: never, raw: { from: never, to: never } };
};

export function timesOf(range: TimeRange): Pick<AuditUrl, 'from' | 'to'> {
  const isCleared = !dateTime(range.from).isValid();
  return isCleared ? { from: '', to: '' } : rawTimesOf(rangeUtil.convertRawToRange(range.raw));
}

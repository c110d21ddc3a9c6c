import { choice, text } from '../../url-state/url-state';

export const SIGNAL_VIEWS = ['all', 'logs', 'metrics', 'traces'] as const;
export const SINCE_VIEWS = ['hour', 'day', 'week', 'all'] as const;

export const LIMITS_URL = {
  /** The key whose rejections show; '' for all. */
  keyId: text(),
  signal: choice(SIGNAL_VIEWS, 'all'),
  since: choice(SINCE_VIEWS, 'all'),
  cursor: text(),
};

const HOUR_MS = 3600_000;
const SINCE_MS: Readonly<Record<(typeof SINCE_VIEWS)[number], number | null>> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  all: null,
};

/** Undefined for all that there is. */
export function timeOf(since: (typeof SINCE_VIEWS)[number]): string | undefined {
  const ms = SINCE_MS[since];
  return ms === null ? undefined : new Date(Date.now() - ms).toISOString();
}

import { dateTime, type TimeRange } from '@grafana/data';

/** Milliseconds since 1970. */
export function absolute(from: number, to: number): TimeRange {
  const raw = { from: dateTime(from), to: dateTime(to) };
  return { ...raw, raw };
}

/** Half a range back (-1) or forward (1), as Grafana's own pages move. */
export function shifted({ from, to }: TimeRange, direction: -1 | 1): TimeRange {
  const step = ((to.valueOf() - from.valueOf()) / 2) * direction;
  return absolute(from.valueOf() + step, to.valueOf() + step);
}

/** Twice the range around the same middle. */
export function zoomedOut({ from, to }: TimeRange): TimeRange {
  const half = (to.valueOf() - from.valueOf()) / 2;
  return absolute(from.valueOf() - half, to.valueOf() + half);
}

// What both versions of remote_write ask of a series' labels: sorted by name, none twice, neither name nor value
// empty, `__name__` among them, all UTF-8 (https://prometheus.io/docs/specs/prw/remote_write_spec/#labels and
// …_2_0/#labels). Prometheus drops a series that breaks these in silence and answers 2xx
// (storage/remote/write_handler.go), which would be a partial write answered as success: so it is refused here.
import { refuse } from '../http/refusal.ts';
import type { Refusal } from '../http/refusal.ts';

export interface StampedSeries {
  readonly body: Buffer;
  /** Float samples and histograms. */
  readonly samples: number;
}

const METRIC_NAME = Buffer.from('__name__');
export const TENANT_LABEL = Buffer.from('tenant_id');

/** Compares by bytes, as Go compares strings. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const shared = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < shared; i++) {
    const difference = (a[aStart + i] as number) - (b[bStart + i] as number);
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

export const isMetricName = (buf: Uint8Array, start: number, end: number): boolean =>
  compareBytes(buf, start, end, METRIC_NAME, 0, METRIC_NAME.length) === 0;

export const isAfterTenantLabel = (buf: Uint8Array, start: number, end: number): boolean =>
  compareBytes(buf, start, end, TENANT_LABEL, 0, TENANT_LABEL.length) > 0;

/** @param index of the series in the request, from 0 */
export const badLabels = (what: string, index: number): Refusal =>
  refuse.badRequest(`${what} in series ${index} of this request`, {
    fix: 'nothing of the request was written; send each series with its labels sorted, unique and complete',
  });

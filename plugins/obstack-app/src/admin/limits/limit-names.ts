import type { LimitOverrides } from '@obstack/contracts';
import { formattedValueToString, getValueFormat } from '@grafana/data';
import { t } from '../../i18n';

export type LimitName = keyof LimitOverrides;
export const LIMIT_NAMES: readonly LimitName[] = [
  'logBytesPerSecond',
  'logBytesBurst',
  'lineBytes',
  'samplesPerSecond',
  'samplesBurst',
  'traceBytesPerSecond',
  'traceBytesBurst',
];

export function limitName(limit: LimitName): string {
  switch (limit) {
    case 'samplesPerSecond':
      return t('admin.limit.samples', 'Metric samples per second');
    case 'samplesBurst':
      return t('admin.limit.samples-burst', 'Metric samples at once');
    case 'logBytesPerSecond':
      return t('admin.limit.log-bytes', 'Bytes of logs per second');
    case 'logBytesBurst':
      return t('admin.limit.log-bytes-burst', 'Bytes of logs at once');
    case 'traceBytesPerSecond':
      return t('admin.limit.trace-bytes', 'Bytes of traces per second');
    case 'traceBytesBurst':
      return t('admin.limit.trace-bytes-burst', 'Bytes of traces at once');
    case 'lineBytes':
      return t('admin.limit.line-bytes', 'Bytes of the longest log line');
  }
}

/** `4 MB/s`, `10K`: as short as tables need it. */
export function formatLimit(limit: LimitName, value: number): string {
  const amount = limit.startsWith('samples') ? compact(value) : bytes(value);
  return limit.endsWith('PerSecond') ? `${amount}/s` : amount;
}

const compact = (value: number) =>
  new Intl.NumberFormat(undefined, { notation: 'compact', maximumSignificantDigits: 3 }).format(value);

const bytes = (value: number) =>
  formattedValueToString(getValueFormat('decbytes')(value, value < 1000 ? 0 : undefined));

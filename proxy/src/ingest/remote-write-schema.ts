// The parts of a remote_write series that are only checked. Source: prometheus/prometheus v3.16 prompb/types.proto
// and prompb/io/prometheus/write/v2/types.proto; the two versions share the histogram.
import { compileSchema } from './wire-schema.ts';

const histogram = {
  Histogram: {
    1: 'varint',
    2: 'fixed64',
    3: 'fixed64',
    4: 'varint',
    5: 'fixed64',
    6: 'varint',
    7: 'fixed64',
    8: 'BucketSpan',
    9: 'varints',
    10: 'fixed64s',
    11: 'BucketSpan',
    12: 'varints',
    13: 'fixed64s',
    14: 'varint',
    15: 'varint',
    16: 'fixed64s',
    17: 'varint',
  },
  BucketSpan: { 1: 'varint', 2: 'varint' },
} as const;

export const v1 = compileSchema({
  ...histogram,
  Sample: { 1: 'fixed64', 2: 'varint' },
  MetricMetadata: { 1: 'varint', 2: 'utf8', 4: 'utf8', 5: 'utf8' },
});

export const v2 = compileSchema({
  ...histogram,
  Sample: { 1: 'fixed64', 2: 'varint', 3: 'varint' },
});

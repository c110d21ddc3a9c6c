import { describe, expect, it } from '@jest/globals';
import type { Window } from './contest.ts';
import { faults, summarise } from './report.ts';

const window = (contender: string, cpuSeconds: number | undefined, more: Partial<Window> = {}): Window => ({
  ...{ scenario: 'hot queries', contender, connections: 1, cpuSeconds },
  ...{ requests: 1000, seconds: 2, bytes: 22_000_000, p50: 1, p99: 2, max: 3, badStatus: 0, broken: 0 },
  ...{ samplesChecked: 2, complaints: [] },
  ...more,
});

describe('summarise', () => {
  it('takes medians over the rounds of each contender', () => {
    const [ours, direct] = summarise([
      window('obstack', 0.2),
      window('direct', undefined),
      window('obstack', 0.4, { p99: 8 }),
      window('obstack', 0.3, { p99: 4 }),
    ]);
    expect(ours).toMatchObject({
      cpuPer1000: 0.3,
      requestsPerSecond: 500,
      p99: 4,
      samplesChecked: 6,
      errors: 0,
    });
    expect(direct).toMatchObject({ contender: 'direct', cpuPer1000: undefined });
  });
});

describe('faults', () => {
  it('names failed requests and those that arrived wrongly', () => {
    const figures = summarise([
      window('nginx', 0.1),
      window('obstack', 0.2, { badStatus: 3, complaints: ['not enforced: up'] }),
    ]);
    expect(faults(figures)).toEqual([
      'obstack, hot queries, 1 connections: 3 requests failed',
      'obstack, hot queries, 1 connections: not enforced: up',
    ]);
  });
});

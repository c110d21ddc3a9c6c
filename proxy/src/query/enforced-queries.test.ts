import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EnforcedQueries } from './enforced-queries.ts';
import type { Enforce } from './enforcers.ts';

const enforce = jest.fn<Enforce>((text, tenantId) => `${text}@${tenantId}`);
const fresh = (maxEntries = 100, maxCharacters = 10_000): EnforcedQueries =>
  new EnforcedQueries(
    {
      promql: enforce,
      promqlSelector: enforce,
      logql: enforce,
      logqlSelector: enforce,
      traceql: enforce,
      traceqlTagFilter: enforce,
    },
    { maxEntries, maxCharacters },
  );

beforeEach(() => void enforce.mockClear());

describe('EnforcedQueries', () => {
  it('enforces a query once', () => {
    const queries = fresh();
    expect(queries.encoded('promql', 'a', 'up')).toBe('up%40a');
    expect(queries.encoded('promql', 'a', 'up')).toBe('up%40a');
    expect(enforce).toHaveBeenCalledTimes(1);
  });

  it('never answers one tenant with what it keeps for another (class 19)', () => {
    const queries = fresh();
    queries.encoded('promql', 'a', 'up');
    expect(queries.encoded('promql', 'b', 'up')).toBe('up%40b');
    expect(queries.encoded('promql', 'a', 'up')).toBe('up%40a');
  });

  it('tells languages apart, and texts that look like keys', () => {
    const queries = fresh();
    queries.encoded('promql', 'a', 'b c');
    queries.encoded('promql', 'b', 'c');
    queries.encoded('logql', 'a', 'b c');
    expect(enforce).toHaveBeenCalledTimes(3);
  });

  it('does not remember a refusal', () => {
    const queries = fresh();
    enforce.mockImplementationOnce(() => {
      throw new Error('no');
    });
    expect(() => queries.encoded('promql', 'a', 'up')).toThrow('no');
    expect(queries.encoded('promql', 'a', 'up')).toBe('up%40a');
  });

  it('drops the query that was not used for longest', () => {
    const queries = fresh(2);
    queries.encoded('promql', 'a', 'one');
    queries.encoded('promql', 'a', 'two');
    queries.encoded('promql', 'a', 'one');
    queries.encoded('promql', 'a', 'three');
    expect(queries.size.entries).toBe(2);
    enforce.mockClear();
    queries.encoded('promql', 'a', 'one');
    expect(enforce).not.toHaveBeenCalled();
    queries.encoded('promql', 'a', 'two');
    expect(enforce).toHaveBeenCalledTimes(1);
  });

  it('stays within its size, and does not keep what is larger than all of it', () => {
    const queries = fresh(100, 200);
    for (let i = 0; i < 50; i++) queries.encoded('promql', 'a', `query ${i}`);
    expect(queries.size.characters).toBeLessThanOrEqual(200);
    expect(queries.size.entries).toBeGreaterThan(1);
    const { entries } = queries.size;
    queries.encoded('promql', 'a', 'x'.repeat(500));
    expect(queries.size.entries).toBe(entries);
  });
});

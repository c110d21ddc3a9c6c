import { describe, expect, it } from '@jest/globals';
import { retryDelay } from './retry-delay.ts';

describe('the pause before the next attempt', () => {
  it('doubles, up to five minutes', () => {
    const longest = [1, 2, 3, 4, 9, 10, 100, 5000].map((attempts) => retryDelay(attempts, 1000, () => 1));
    expect(longest).toEqual([1000, 2000, 4000, 8000, 256_000, 300_000, 300_000, 300_000]);
  });

  it('is at least half of that', () => {
    expect(retryDelay(3, 1000, () => 0)).toBe(2000);
  });

  it('differs from one to the next', () => {
    expect(new Set(Array.from({ length: 50 }, () => retryDelay(5, 1000))).size).toBeGreaterThan(40);
  });
});

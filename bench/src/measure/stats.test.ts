import { describe, expect, it } from '@jest/globals';
import { median, spread } from './stats.ts';

describe('median', () => {
  it('is the middle value, or the mean of the two middle ones', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});

describe('spread', () => {
  it('is half the range as a share of the median', () => {
    expect(spread([9, 10, 11])).toBeCloseTo(0.1);
    expect(spread([7])).toBe(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { figure, ratio, renderTable } from './table.ts';

describe('renderTable', () => {
  it('pads names to the right and figures to the left', () => {
    expect(
      renderTable(
        ['', 'ms'],
        [
          ['nginx', '1.5'],
          ['us', '12.25'],
        ],
      ),
    ).toBe(['          ms', '─────  ─────', 'nginx    1.5', 'us     12.25'].join('\n'));
  });
});

describe('figure', () => {
  it('has three significant digits', () => {
    expect([0.012345, 0.5, 12.34, 1234.5, 0].map(figure)).toEqual(['0.0123', '0.500', '12.3', '1235', '0']);
  });

  it('is a dash for what was not measured', () => {
    expect([undefined, NaN, Infinity].map(figure)).toEqual(['–', '–', '–']);
  });
});

describe('ratio', () => {
  it('says how many times the base', () => {
    expect(ratio(3, 2)).toBe('×1.50');
    expect(ratio(undefined, 2)).toBe('–');
  });
});

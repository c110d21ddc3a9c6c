// A short run of what `npm run fuzz` does at length.
import { describe, expect, it } from '@jest/globals';
import { fuzz, targets } from './run.ts';

describe.each(Object.keys(targets) as (keyof typeof targets)[])('fuzzing %s', (language) => {
  it('finds no crash and no selector without its tenant', () => {
    const { accepted, failures } = fuzz(language, 2_000, 20_261_123);
    expect(failures).toEqual([]);
    // Otherwise the run says little: most inputs are spoiled, but many must still be queries.
    expect(accepted).toBeGreaterThan(400);
  });

  it('is repeatable by its seed', () => {
    expect(fuzz(language, 200, 7).accepted).toBe(fuzz(language, 200, 7).accepted);
  });

  it('notices an enforcement that does nothing', () => {
    const target = targets[language];
    const enforce = target.enforce;
    target.enforce = (query) => query;
    try {
      expect(fuzz(language, 500, 1).failures.length).toBeGreaterThan(0);
    } finally {
      target.enforce = enforce;
    }
  });
});

import { describe, expect, it } from '@jest/globals';
import { arrival, departure } from './plan.ts';

const step = (name: string, ...after: string[]) => ({ name, title: name.toUpperCase(), after });
const steps = [step('a'), step('b', 'a'), step('c', 'a', 'b'), step('d')];
const ends = { first: step('export'), last: [step('objects'), step('rows')] };

describe('the way in', () => {
  it('is the steps, each after what it needs', () => {
    expect(
      arrival(steps).map(({ name, action, position, after }) => [name, action, position, after]),
    ).toEqual([
      ['a', 'apply', 0, []],
      ['b', 'apply', 1, ['a']],
      ['c', 'apply', 2, ['a', 'b']],
      ['d', 'apply', 3, []],
    ]);
  });
});

describe('the way out', () => {
  const way = departure(steps, ends);

  it('is the export, the steps the other way round, then the ends one after another', () => {
    expect(way.map(({ name, position, after }) => [name, position, after.toSorted()])).toEqual([
      ['export', 0, []],
      ['d', 1, ['export']],
      ['c', 2, ['export']],
      ['b', 3, ['c', 'export']],
      ['a', 4, ['b', 'c', 'export']],
      ['objects', 5, ['a', 'b', 'c', 'd', 'export']],
      ['rows', 6, ['a', 'b', 'c', 'd', 'export', 'objects']],
    ]);
    expect(new Set(way.map(({ action }) => action))).toEqual(new Set(['remove']));
  });

  it('takes nobody in a circle', () => {
    const done = new Set<string>();
    for (let round = 0; round < way.length; round += 1) {
      for (const { name, after } of way) if (after.every((earlier) => done.has(earlier))) done.add(name);
    }
    expect(done.size).toBe(way.length);
  });
});

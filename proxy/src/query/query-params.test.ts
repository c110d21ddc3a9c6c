import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../http/refusal.ts';
import { decodeForm } from './query-params.ts';

describe('decodeForm', () => {
  it.each([
    ['', []],
    ['&&', []],
    ['a=1', ['a', '1']],
    ['a=1&b=2&a=3', ['a', '1', 'b', '2', 'a', '3']],
    ['a', ['a', '']],
    ['=1', ['', '1']],
    ['a==', ['a', '=']],
    ['a=x+y%2Bz', ['a', 'x y+z']],
    ['match%5B%5D=%7B%7D', ['match[]', '{}']],
    ['a=%C3%A4', ['a', 'ä']],
    ['a=1;b=2', ['a', '1;b=2']],
    ['a=%0A', ['a', '\n']],
  ])('%j → %j', (text, expected) => {
    expect(decodeForm(text)).toEqual(expected);
  });

  it.each(['a=%', 'a=%2', 'a=%zz', 'a=%C3', 'a=%ff', 'a=%ED%A0%80', 'a=%00', '%=1', 'a=%C0%AF'])(
    'refuses %j',
    (text) => {
      expect(() => decodeForm(text)).toThrow(Refusal);
    },
  );

  it('refuses more parameters than a query has any use for', () => {
    expect(() => decodeForm('a=1&'.repeat(257))).toThrow(/256/);
  });
});

import { describe, expect, it } from '@jest/globals';
import { differences } from './differences.ts';

describe('differences', () => {
  it.each([
    ['nothing', { a: 1 }, { a: 1, b: 2 }, []],
    ['a value', { a: 1, b: true }, { a: 1, b: false }, ['b']],
    ['what is missing', { a: 1, c: { d: 'x' } }, {}, ['a', 'c.d']],
    ['a member of a member', { a: { b: 'S256', c: '1' } }, { a: { b: 'plain', c: '1' } }, ['a.b']],
    ['no order of a list', { a: ['x', 'y'] }, { a: ['y', 'x'] }, []],
    ['one more in a list', { a: ['x'] }, { a: ['x', 'https://evil.test/*'] }, ['a']],
    ['one less in a list', { a: ['x', 'y'] }, { a: ['x'] }, ['a']],
    ['no absence of what should be empty', { a: '', b: [] }, {}, []],
    ['text where none should be', { a: '' }, { a: '+' }, ['a']],
  ])('names %s', (_what, wanted, found, named) => {
    expect(differences(wanted, found)).toEqual(named);
  });
});

import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from '@jest/globals';
import { closedGrammar, findOtherString } from './enforce-tree.ts';

const grammar = closedGrammar('PromQL', parser, 'PromQL BinaryExpr Add Eql StringLiteral', {});

describe('findOtherString', () => {
  const tree = grammar.parse('"a" + "bc"');
  const find = (strings: number[]) => findOtherString(tree, grammar.id('StringLiteral'), strings);

  it('finds nothing when both readers see the same strings', () => {
    expect(find([0, 3, 6, 10])).toBeUndefined();
  });

  it.each([
    ['one that only the grammar sees', [0, 3], 6],
    ['one that only the first reader sees', [0, 3, 6, 10, 12, 14], 12],
    ['one that begins elsewhere', [1, 3, 6, 10], 0],
    ['one that ends elsewhere', [0, 3, 6, 9], 6],
  ])('finds %s', (_, strings, offset) => {
    expect(find(strings)).toBe(offset);
  });
});

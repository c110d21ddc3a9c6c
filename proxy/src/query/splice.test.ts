import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from '@jest/globals';
import { QueryRefused } from './enforce-error.ts';
import { closedGrammar } from './enforce-tree.ts';
import { assertSameShape, MAX_INSERTIONS, splice, spliceAndCompare } from './splice.ts';
import type { Insertion } from './splice.ts';

const everyName = parser.nodeSet.types.map((type) => type.name).filter((name) => /^\w+$/.test(name));
const grammar = closedGrammar('PromQL', parser, everyName.join(' '), {});

/** Compares the trees of `query` and of what it became, as if only `insertions` had been made. */
const compare = (query: string, became: string, insertions: Insertion[]): void => {
  assertSameShape(query, grammar.parse(query), grammar.parse(became), insertions);
};

describe('splice', () => {
  it('puts each text before its offset', () => {
    const insertions = [
      { at: 0, text: '<' },
      { at: 2, text: '--' },
      { at: 4, text: '>' },
    ];
    expect(splice('abcd', insertions)).toBe('<ab--cd>');
    expect(splice('abcd', [])).toBe('abcd');
  });

  it('refuses more insertions than anyone needs', () => {
    const insertions = Array.from({ length: MAX_INSERTIONS + 1 }, (_, at) => ({ at, text: 'x' }));
    expect(() => splice('a'.repeat(2_000), insertions)).toThrow(QueryRefused);
  });
});

describe('assertSameShape', () => {
  it('accepts a selector that grew', () => {
    compare('a + b{c="d"}', 'a{x="y"} + b{x="y",c="d"}', [
      { at: 1, text: '{x="y"}' },
      { at: 6, text: 'x="y",' },
    ]);
  });

  it.each<[string, string, string, Insertion[]]>([
    ['a node of another kind', 'a + b', 'a - b', []],
    ['a node more than was inserted', 'a', 'a{x="y"} + b', [{ at: 1, text: '{x="y"}' }]],
    ['a node less', 'a + b', 'a', []],
    ['a node elsewhere', 'a + b', 'a  + b', []],
    ['an insertion that changes what binds to what', 'a * b', 'a * b + c', [{ at: 5, text: ' + c' }]],
    ['an insertion inside a string', '"abc"', '"a" + "bc"', [{ at: 2, text: '" + "' }]],
    ['an insertion that swallows a selector', 'a + b', 'a + "b"', [{ at: 4, text: '"' }]],
  ])('refuses %s', (_, query, became, insertions) => {
    expect(() => compare(query, became, insertions)).toThrow(QueryRefused);
  });
});

describe('spliceAndCompare', () => {
  const run = (query: string, insertions: Insertion[]) =>
    spliceAndCompare(query, grammar.parse(query), insertions, grammar.parse).spliced;

  it('returns what was spliced', () => {
    expect(run('a + b', [{ at: 1, text: '{x="y"}' }])).toBe('a{x="y"} + b');
  });

  it.each<[string, Insertion]>([
    ['does not parse', { at: 1, text: '{x=' }],
    ['puts a matcher where it is not read as one', { at: 4, text: '"x" + ' }],
    ['makes a comment of the rest', { at: 2, text: '#' }],
  ])('refuses an insertion that %s', (_, insertion) => {
    expect(() => run('a + b', [insertion])).toThrow(QueryRefused);
  });
});

describe('closedGrammar', () => {
  const small = closedGrammar('PromQL', parser, 'PromQL VectorSelector Identifier ParenExpr', {
    BinaryExpr: 'no operators here',
  });

  it('refuses a node outside the list, with the reason given for it', () => {
    expect(small.parse('(a)').types).toHaveLength(4);
    expect(() => small.parse('a + b')).toThrow('no operators here');
    expect(() => small.parse('-a')).toThrow('"UnaryExpr" is not supported yet');
  });

  it('refuses a text that is not wholly in the language', () => {
    for (const text of ['', 'a b', 'a{', '(a', 'a)', 'a{b="c"'])
      expect(() => small.parse(text)).toThrow(QueryRefused);
  });

  it('does not start with a node name the grammar lacks', () => {
    expect(() => closedGrammar('PromQL', parser, 'NoSuchNode', {})).toThrow('NoSuchNode');
    expect(() => small.id('NoSuchNode')).toThrow('NoSuchNode');
  });
});

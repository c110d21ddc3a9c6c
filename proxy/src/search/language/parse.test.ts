import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseSearch } from './parse.ts';
import { SearchQueryError } from './search-query-error.ts';

const conditionsOf = (text: string): readonly object[] => parseSearch(text).conditions;

function refusalOf(text: string): SearchQueryError {
  try {
    parseSearch(text);
  } catch (error) {
    if (error instanceof SearchQueryError) return error;
    throw error;
  }
  throw new Error(`${text} was understood`);
}

describe('parseSearch', () => {
  it('reads the words of the language', () => {
    expect(
      conditionsOf('service:checkout level:error "card declined" trace:4BF9 duration:>500ms -health'),
    ).toEqual([
      { kind: 'service', pattern: { text: 'checkout', isGlob: false }, isExcluded: false },
      { kind: 'level', levels: ['error'], isExcluded: false },
      { kind: 'text', text: 'card declined', isExcluded: false },
      { kind: 'trace', id: '4bf9'.padStart(32, '0'), isExcluded: false },
      { kind: 'duration', comparison: '>', nanos: 500e6 },
      { kind: 'text', text: 'health', isExcluded: true },
    ]);
  });

  it.each([
    ['', []],
    ['  \n ', []],
    ['-', [{ kind: 'text', text: '-', isExcluded: false }]],
    ['--', [{ kind: 'text', text: '--', isExcluded: false }]],
    ['http://shop.test/a', [{ kind: 'text', text: 'http://shop.test/a', isExcluded: false }]],
    ['10.0.0.1:9090', [{ kind: 'text', text: '10.0.0.1:9090', isExcluded: false }]],
    ['"a \\"b\\" \\\\ c"', [{ kind: 'text', text: 'a "b" \\ c', isExcluded: false }]],
    ['"OR"', [{ kind: 'text', text: 'OR', isExcluded: false }]],
    ['-service:cart', [{ kind: 'service', pattern: { text: 'cart', isGlob: false }, isExcluded: true }]],
    ['service.name:a*', [{ kind: 'service', pattern: { text: 'a*', isGlob: true }, isExcluded: false }]],
    ['name:"a*"', [{ kind: 'name', pattern: { text: 'a*', isGlob: false }, isExcluded: false }]],
    ['level:>=warn', [{ kind: 'level', levels: ['warn', 'error', 'fatal'], isExcluded: false }]],
    ['level:WARNING', [{ kind: 'level', levels: ['warn'], isExcluded: false }]],
    ['level:<debug', [{ kind: 'level', levels: ['trace'], isExcluded: false }]],
    [
      'http.status_code:>=500',
      [{ kind: 'compared', name: 'http.status_code', comparison: '>=', value: { number: '500' } }],
    ],
    ['took:<1.5s', [{ kind: 'compared', name: 'took', comparison: '<', value: { durationNanos: 1.5e9 } }]],
    [
      '@level:x',
      [{ kind: 'attribute', name: 'level', pattern: { text: 'x', isGlob: false }, isExcluded: false }],
    ],
    ['pod:x', [{ kind: 'attribute', name: 'pod', pattern: { text: 'x', isGlob: false }, isExcluded: false }]],
  ])('reads %j', (text, conditions) => {
    expect(conditionsOf(text)).toEqual(conditions);
  });

  it('takes signals and sources out of the conditions', () => {
    const query = parseSearch('signal:logs source:opensearch x');
    expect([...(query.signals ?? [])]).toEqual(['logs']);
    expect([...(query.sources ?? [])]).toEqual(['opensearch']);
    expect(query.conditions).toHaveLength(1);
  });

  it.each([
    ['servce:checkout', 0, 'service:'],
    ['a lvel:error', 2, 'level:'],
    ['-sevrice:checkout', 1, 'service:'],
    ['service:', 8, 'service:value'],
    ['a "b', 2, 'add "'],
    ['a ""', 2, 'fill them in'],
    ['level:eror', 6, 'error'],
    ['level:>fatal', 6, 'Levels are'],
    ['trace:xyz', 6, '32 hexadecimal digits'],
    [`span:${'a'.repeat(17)}`, 5, '16 hexadecimal digits'],
    ['duration:500ms', 9, 'duration:>500ms'],
    ['duration:>fast', 10, 'duration:>500ms'],
    ['took:>fast', 6, 'took:>500'],
    ['service:>a', 8, 'quote it'],
    ['-duration:>1s', 0, 'turn its sign'],
    ['a OR b', 2, 'search for one'],
    ['a AND b', 2, 'leave it out'],
    ['signal:log', 7, 'logs'],
    ['-signal:logs', 0, 'name the others'],
    ['a\u0000b', 1, 'remove it'],
    ['"a\nb"', 2, 'write a space'],
    ['a \ud800', 2, 'remove it'],
    ['x '.repeat(33), 64, 'leave some out'],
  ])('refuses %j at its place, with a way out', (text, offset, fix) => {
    const refusal = refusalOf(text);
    expect({ offset: refusal.offset, fix: refusal.fix }).toEqual({
      offset,
      fix: expect.stringContaining(fix),
    });
  });

  it('understands or refuses whatever is typed, and places what it refuses within it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        try {
          parseSearch(text);
        } catch (error) {
          if (!(error instanceof SearchQueryError)) throw error;
          expect(error.offset).toBeGreaterThanOrEqual(0);
          expect(error.offset).toBeLessThanOrEqual(text.length);
          expect(error.fix).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });
});

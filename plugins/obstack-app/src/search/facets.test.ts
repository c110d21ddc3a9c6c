import { facetsLine, hitOf } from '../test/search-lines';
import { knownValues, mergeFacets } from './facets';

const service = (...values: Array<[string, number]>) => [
  { field: 'service', values: values.map(([value, count]) => ({ value, count })) },
];

describe('mergeFacets', () => {
  const lines = [
    facetsLine([{ field: 'host', values: [{ value: 'a', count: 9 }] }, ...service(['cart', 3], ['checkout', 5])]),
    facetsLine(service(['cart', 4]), { source: 'tempo', signal: 'traces' }),
  ];

  it('counts the same value of several sources together, the most frequent first', () => {
    expect(mergeFacets(lines, new Set(['loki', 'tempo']))).toEqual([
      ...service(['cart', 7], ['checkout', 5]),
      { field: 'host', values: [{ value: 'a', count: 9 }] },
    ]);
  });

  it('counts only the sources that are shown', () => {
    expect(mergeFacets(lines, new Set(['tempo']))).toEqual(service(['cart', 4]));
  });
});

it('knows the values of facets and of attributes, each once, as a query names them', () => {
  const facets = [{ field: 'service', values: [{ value: 'cart', count: 1 }] }];
  expect(knownValues(facets, [hitOf(), hitOf({ attributes: { 'http.route': '/pay', region: 'eu' } })])).toEqual({
    service: ['cart'],
    '@http.route': ['/pay'],
    '@region': ['eu'],
  });
});

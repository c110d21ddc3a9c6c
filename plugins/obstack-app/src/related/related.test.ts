import type { CorrelateLine } from '@obstack/contracts/search';
import { hitOf, sourceLine, traceOf } from '../test/search-lines';
import { groupsOf, NOTHING_RELATED, withRelated } from './related';

const related = (relation: 'trace' | 'service' | 'time', hit = hitOf()): CorrelateLine => ({
  type: 'related',
  relation,
  hit,
});
const TIME = '2026-11-23T09:00:00Z';

it('has each hit once, by its strongest relation, whatever comes first', () => {
  const found = withRelated(withRelated(NOTHING_RELATED, [related('time')]), [
    related('trace'),
    related('service'),
    sourceLine(),
  ]);
  expect(found.hits.map(({ relation }) => relation)).toEqual(['trace']);
  expect(found.sources).toHaveLength(1);
});

it('groups by signal and relation, the nearest in time first, without what they relate to', () => {
  const found = withRelated(NOTHING_RELATED, [
    related('service', hitOf({ id: 'far', time: '2026-11-23T09:01:00Z' })),
    related('service', hitOf({ id: 'near', time: '2026-11-23T08:59:58Z' })),
    related('trace', traceOf({ id: 'own' })),
    related('trace', hitOf({ id: 'log' })),
  ]);
  const groups = groupsOf(found, { id: 'own', time: TIME });
  expect(groups.map(({ signal, relation, hits }) => [signal, relation, hits.map(({ id }) => id)])).toEqual([
    ['logs', 'trace', ['log']],
    ['logs', 'service', ['near', 'far']],
  ]);
});

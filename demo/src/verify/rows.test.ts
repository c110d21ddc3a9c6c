import { describe, expect, it } from '@jest/globals';
import { formatTable, isRight, type Row } from './rows.ts';

const right: Row = {
  tenant: 'acme',
  signal: 'logs',
  via: 'OTLP JSON',
  path: 'loki query_range',
  seconds: 0.42,
  owner: 'seen',
  other: 'nothing',
};

describe('a row', () => {
  it('is right when the owner saw the event in time and the other tenant got a proper, empty answer', () => {
    expect(isRight(right)).toBe(true);
    expect(isRight({ ...right, seconds: 5 })).toBe(true);
  });

  it.each<[string, Partial<Row>]>([
    ['the other tenant saw it', { other: 'seen' }],
    ['the other tenant got no proper answer', { other: { problem: '502 upstream' } }],
    ['nobody asked as the other tenant', { other: 'not asked' }],
    ['the owner never saw it', { seconds: null, owner: 'nothing', other: 'not asked' }],
    ['the push was refused', { seconds: null, owner: { problem: 'push: 503' }, other: 'not asked' }],
    ['it came too late', { seconds: 5.01 }],
  ])('is wrong when %s', (_, change) => {
    expect(isRight({ ...right, ...change })).toBe(false);
  });
});

describe('the table', () => {
  it('shows what was asked and what came of it, in aligned columns', () => {
    const lines = formatTable([right, { ...right, path: 'loki detected_field values', seconds: 11.5 }]).split(
      '\n',
    );
    expect(lines[2]).toMatch(/^acme +logs +OTLP JSON +loki query_range +0\.42 +yes +no +ok$/);
    expect(lines[3]).toMatch(/ 11\.50 +yes +no +WRONG$/);
    expect(lines[2]?.indexOf('yes')).toBe(lines[3]?.indexOf('yes'));
    expect(lines.at(-1)).toBe(
      '1 of 2 rows are WRONG; the slowest event was visible after 11.50 s (limit 5 s).',
    );
  });

  it('cannot be misread when there is a leak', () => {
    expect(formatTable([{ ...right, other: 'seen' }])).toContain('YES: A LEAK');
  });

  it('says what was answered when an answer was not a proper one', () => {
    const table = formatTable([{ ...right, other: { problem: '502 the store is down' } }]);
    expect(table).toContain('acme, logs loki query_range: 502 the store is down');
  });
});

import { describe, expect, it } from '@jest/globals';
import { record, table } from './render.ts';

describe('a table', () => {
  it('has a column for each place asked for, whether an item has it or not', () => {
    const items = [
      { id: 'a', actor: { name: 'ada' }, lastUsedAt: null, signals: ['logs', 'traces'] },
      { id: 'longer', signals: [] },
    ];
    expect(table(items, ['id', 'actor.name', 'lastUsedAt', 'signals'])).toBe(
      [
        'ID      ACTOR  LAST USED AT  SIGNALS',
        'a       ada    -             logs,traces',
        'longer  -      -             -',
      ].join('\n'),
    );
  });

  it('leaves nothing of what would steer a terminal', () => {
    expect(table([{ name: 'a\u001b[31mred\nnext\u009b2J' }], ['name'])).toBe('NAME\na [31mred next 2J');
  });
});

describe('a record', () => {
  it('shows what is inside as outer.inner, and lists of objects as tables', () => {
    expect(record({ key: { id: 'k', limits: {} }, secret: 's', steps: [{ name: 'x', state: 'done' }] })).toBe(
      ['key.id      k', 'key.limits  -', 'secret      s', '', 'steps', 'NAME  STATE', 'x     done'].join(
        '\n',
      ),
    );
  });
});

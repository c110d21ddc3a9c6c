import React from 'react';
import { act, screen, within } from '@testing-library/react';
import { startGrafana } from '../test/grafana';
import { renderAt } from '../test/render-at';
import { hitOf } from '../test/search-lines';
import { testIds } from '../testIds';
import { RelatedPanel } from './RelatedPanel';

it('shows a few of each group, and all of one that is asked for', async () => {
  const backend = startGrafana();
  const { user } = renderAt(
    '/a/obstack-app/search',
    <RelatedPanel anchor={hitOf({ id: 'own' })} query="" onQuery={() => undefined} />
  );
  const hit = (id: number) => hitOf({ id: `line ${id}`, title: `line ${id}` });
  act(() => {
    backend.last.sendLines(
      ...Array.from({ length: 7 }, (_, id) => ({ type: 'related', relation: 'service', hit: hit(id) })),
      { type: 'related', relation: 'time', hit: hit(8) },
      { type: 'done', next: null, durationMs: 1 }
    );
    backend.last.end();
  });
  const group = within(await screen.findByTestId(testIds.related.group('logs', 'service')));
  expect(group.getAllByRole('listitem')).toHaveLength(5);
  await user.click(group.getByRole('button', { name: 'Show all 7' }));
  expect(group.getAllByRole('listitem')).toHaveLength(7);
  expect(screen.queryByRole('button', { name: /Show all/ })).not.toBeInTheDocument();
});

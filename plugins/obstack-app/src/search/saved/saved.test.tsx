import React from 'react';
import { screen, within } from '@testing-library/react';
import { testIds } from '../../testIds';
import { InPlugin, startGrafana } from '../../test/grafana';
import { renderAt } from '../../test/render-at';
import SearchPage from '../SearchPage';
import { readSaved, withSaved } from './saved-searches';

beforeEach(() => {
  startGrafana();
  localStorage.clear();
});

const open = (search: string) =>
  renderAt(
    `/a/obstack-app/search${search}`,
    <InPlugin>
      <SearchPage />
    </InPlugin>
  );

it('keeps a search under a name, brings it back, and forgets it', async () => {
  const { user, location, unmount } = open('?q=level%3Aerror&from=now-6h&signal=logs');
  await user.click(screen.getByTestId(testIds.search.savedToggle));
  await user.type(await screen.findByRole('textbox', { name: /Save this search as/ }), 'Mornings{Enter}');
  expect(await screen.findByRole('button', { name: /^Mornings/ })).toBeInTheDocument();
  unmount();
  expect(location()).toContain('from=now-6h');

  const later = open('');
  await later.user.click(screen.getByTestId(testIds.search.savedToggle));
  await later.user.click(await screen.findByRole('button', { name: /^Mornings/ }));
  expect(later.location()).toBe('/a/obstack-app/search?q=level%3Aerror&from=now-6h&signal=logs');

  await later.user.click(screen.getByTestId(testIds.search.savedToggle));
  await later.user.click(await screen.findByRole('button', { name: 'Delete Mornings' }));
  expect(within(screen.getByTestId(testIds.search.saved)).getByText(/None yet/)).toBeInTheDocument();
});

it('reads what is good of what was stored', () => {
  expect(readSaved(null)).toEqual([]);
  expect(readSaved('{broken')).toEqual([]);
  expect(readSaved('[1, {"name":"a","q":"","from":"now-1h","to":"now","signal":"nonsense"}]')).toEqual([
    { name: 'a', q: '', from: 'now-1h', to: 'now', signal: 'all' },
  ]);
});

it('has each name once', () => {
  const saved = { name: 'a', q: '1', from: 'now-1h', to: 'now', signal: 'all' } as const;
  expect(withSaved([saved], { ...saved, q: '2' })).toEqual([{ ...saved, q: '2' }]);
});

// A store that takes connections and never answers: frozen, as one is that waits for a disk.
import { testIds } from '../src/testIds';
import { pidOf } from './demo';
import { expect, test } from './fixtures';

const { search } = testIds;

test('the others’ results arrive while a store is frozen, and the page says which is missing', async ({
  gotoPage,
  page,
}) => {
  const tempo = pidOf('tempo');
  process.kill(tempo, 'SIGSTOP');
  try {
    await gotoPage('search?q=checkout');
    await expect(page.getByRole('region', { name: 'Logs', exact: true }).getByTestId(search.hit).first()).toBeVisible();
    await expect(page.getByTestId(search.source('tempo'))).toContainText(/timed out|no answer/i);
  } finally {
    process.kill(tempo, 'SIGCONT');
  }
});

import { testIds } from '../src/testIds';
import { expect, test } from './fixtures';

const { search, states } = testIds;

test('finds logs, traces and metrics at once, without a complaint of the browser', async ({
  gotoPage,
  page,
  complaints,
}) => {
  await gotoPage('search');
  for (const signal of ['Logs', 'Traces', 'Metrics']) {
    await expect(page.getByRole('region', { name: signal, exact: true })).toBeVisible();
  }
  await expect(page.getByTestId(search.source('loki'))).toBeVisible();
  await expect(page.getByTestId(search.lane('loki'))).toBeVisible();
  expect(complaints).toEqual([]);
});

test('has its state in the URL: a link shows the same, and Back goes back', async ({ gotoPage, page }) => {
  await gotoPage('search?q=level%3Aerror&signal=logs');
  const box = page.getByTestId(search.box);
  await expect(box).toHaveValue('level:error');
  await expect(page.getByTestId(search.hit).first()).toBeVisible();
  await box.fill('level:warn');
  await box.press('Enter');
  await expect(page).toHaveURL(/q=level%3Awarn/);
  await page.goBack();
  await expect(box).toHaveValue('level:error');
});

test('is used with the keyboard alone', async ({ gotoPage, page }) => {
  await gotoPage('search');
  const hits = page.getByTestId(search.hit);
  await expect(hits.nth(1)).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByTestId(search.box)).toBeFocused();
  await hits.first().getByRole('button').focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(hits.nth(1).getByTestId(search.details)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId(search.details)).toBeHidden();
  await page.keyboard.press('t');
  await page.keyboard.press('z');
  await expect(page).toHaveURL(/from=\d+&to=\d+/);
});

test('explains a query that is not understood', async ({ gotoPage, page }) => {
  await gotoPage('search?q=sevrice%3Acheckout');
  await expect(page.getByTestId(search.problem)).toContainText('service');
});

test('says that nothing matches, and how to go on', async ({ gotoPage, page }) => {
  await gotoPage('search?q=nothing-has-ever-said-this');
  await expect(page.getByTestId(states.empty)).toBeVisible();
});

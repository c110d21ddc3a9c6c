// What somebody who was just paged does: from an error to the trace it belongs to, to all that was logged in it, to the
// metrics around it, and the same way back.
import { testIds } from '../src/testIds';
import { expect, test } from './fixtures';

const { overview, related, search, trace } = testIds;

test('from an error of the overview to its lines, their trace, the logs of that trace and the metrics around it', async ({
  gotoPage,
  page,
  complaints,
}) => {
  await gotoPage('overview');
  await page.getByTestId(overview.errors).getByRole('link').first().click();
  await expect(page).toHaveURL(/\/search\?/);
  const hit = page.getByTestId(search.hit).first();
  await hit.getByRole('button').first().click();
  await page.getByTestId(search.details).getByTestId(trace.open).first().click();
  const drawer = page.getByTestId(trace.drawer);
  await expect(drawer.getByTestId(trace.span).first()).toBeVisible();
  await expect(page).toHaveURL(/trace=[0-9a-f]{32}/);

  await page.getByRole('tab', { name: 'Logs and metrics' }).click();
  await expect(page.getByTestId(related.group('logs', 'trace'))).toBeVisible();
  await expect(page.getByTestId(related.group('metrics', 'service'))).toBeVisible();
  expect(complaints).toEqual([]);
});

test('from a metric to the traces and the logs of its service', async ({ gotoPage, page, complaints }) => {
  await gotoPage('search?q=service%3Acheckout&signal=metrics');
  const hit = page.getByTestId(search.hit).first();
  await hit.getByRole('button').first().click();
  await page.getByTestId(search.details).getByRole('tab', { name: 'Related' }).click();
  const panel = page.getByTestId(search.details).getByTestId(related.panel);
  await expect(panel.getByTestId(related.group('logs', 'service'))).toBeVisible();
  const traces = panel.getByTestId(related.group('traces', 'service'));
  await traces.getByRole('button').first().click();
  await traces.getByTestId(trace.open).first().click();
  await expect(page.getByTestId(trace.drawer).getByTestId(trace.span).first()).toBeVisible();
  expect(complaints).toEqual([]);
});

test('from a trace to its logs, and back to the trace from one of them', async ({ gotoPage, page, complaints }) => {
  await gotoPage('search?q=service%3Acheckout%20level%3Aerror&signal=traces');
  const hit = page.getByTestId(search.hit).first();
  await hit.getByRole('button').first().click();
  await page.getByTestId(search.details).getByTestId(trace.open).first().click();
  const drawer = page.getByTestId(trace.drawer);
  await expect(drawer.getByTestId(trace.span).first()).toBeVisible();
  const [, id = ''] = /trace=([0-9a-f]{32})/.exec(page.url()) ?? [];
  await drawer
    .getByRole('link', { name: 'Search this trace' })
    .or(drawer.getByRole('button', { name: 'Search this trace' }))
    .first()
    .click();
  await expect(page.getByTestId(search.box)).toHaveValue(`trace:${id}`);
  await page
    .getByRole('region', { name: 'Logs', exact: true })
    .getByTestId(search.hit)
    .first()
    .getByRole('button')
    .first()
    .click();
  await page.getByTestId(search.details).getByTestId(trace.open).first().click();
  await expect(page).toHaveURL(new RegExp(`trace=${id}`));
  expect(complaints).toEqual([]);
});

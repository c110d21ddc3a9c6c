// The pictures of the documentation, of the running demo: `npm run screenshots`.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { info } from '../src/plugin.json';
import { testIds } from '../src/testIds';
import { expect, test } from './fixtures';

const IMAGES = join(__dirname, '../../../docs/images');
/** Those that the app brings along: its build knows its own folder only. */
const OF_THE_APP = join(__dirname, '../src/img');
const shown = new Set(info.screenshots.map(({ path }) => path));
const { admin, config, overview, related, search, trace } = testIds;

const openFirst = async (page: Page) => {
  await page.getByTestId(search.hit).first().getByRole('button').first().click();
  await expect(page.getByTestId(search.details)).toBeVisible();
};

interface Picture {
  name: string;
  path: string;
  ready: string;
  act?: (page: Page) => Promise<void>;
}

const PICTURES: Picture[] = [
  { name: 'overview', path: 'overview', ready: overview.services },
  { name: 'search', path: 'search', ready: search.hit },
  {
    name: 'search-hit',
    path: 'search?q=level%3Aerror&signal=logs',
    ready: search.hit,
    act: async (page) => {
      await openFirst(page);
      await page.getByTestId(search.details).getByRole('tab', { name: 'Related' }).click();
      await expect(page.getByTestId(related.panel).first()).toBeVisible();
    },
  },
  {
    name: 'trace',
    path: 'search?q=service%3Acheckout%20level%3Aerror&signal=traces',
    ready: search.hit,
    act: async (page) => {
      await openFirst(page);
      await page.getByTestId(trace.open).first().click();
      await page.getByTestId(trace.span).nth(3).click();
      await expect(page.getByTestId(trace.details)).toBeVisible();
    },
  },
  {
    name: 'configuration',
    path: '/plugins/obstack-app?page=configuration',
    ready: config.test,
    act: async (page) => {
      await page.getByTestId(config.test).click();
      await expect(page.getByTestId(config.findings)).toBeVisible();
      await page.getByTestId(config.findings).scrollIntoViewIfNeeded();
    },
  },
  ...['keys', 'users', 'roles', 'limits', 'audit', 'provisioning'].map((section) => ({
    name: `admin-${section}`,
    path: `admin/${section}`,
    ready: section === 'limits' || section === 'provisioning' ? 'obstack admin' : admin.table,
  })),
];

test.afterEach(async ({ page }) => {
  await page.request.patch('/api/user/preferences', { data: { theme: 'dark' } });
});

const take = ({ name, path, ready, act }: Picture) => {
  for (const theme of ['dark', 'light'] as const) {
    test(`${name}, ${theme}`, async ({ gotoPage, page }) => {
      await page.request.patch('/api/user/preferences', { data: { theme } });
      await (path.startsWith('/') ? page.goto(path) : gotoPage(path));
      await expect(page.locator(`[data-testid^="${ready}"]`).first()).toBeVisible();
      await act?.(page);
      await page.waitForLoadState('networkidle');
      const file = `${name}${theme === 'light' ? '-light' : ''}.png`;
      await page.screenshot({ path: join(shown.has(`img/${file}`) ? OF_THE_APP : IMAGES, file) });
    });
  }
};

PICTURES.forEach(take);

test.describe('of the operator', () => {
  test.use({ role: 'operator' });
  take({ name: 'admin-tenants', path: 'admin/tenants', ready: admin.table });
});

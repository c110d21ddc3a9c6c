import type { Page } from '@playwright/test';
import { testIds } from '../src/testIds';
import { expect, test } from './fixtures';
import pluginJson from '../src/plugin.json';

const RULES = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] };
const PAGES = [
  'overview',
  'search',
  ...['keys', 'users', 'roles', 'limits', 'audit', 'provisioning', 'tenants'].map((section) => `admin/${section}`),
];

/** The section, and what opens the form there; of the demo's plan, which brings no roles of one's own. */
const FORMS = {
  admin: [
    ['keys', /^Create key/],
    ['keys', /^Change /],
    ['keys', /^Rotate /],
    ['keys', /^Send a test event/],
    ['keys', /^Revoke /],
    ['users', /^Add user/],
    ['users', /^Change /],
  ],
  operator: [
    ['tenants', /^Create tenant/],
    ['tenants', /^Suspend /],
    ['tenants', /^Remove .* for good/],
    ['limits', /^Change plan/],
  ],
} as const;

/** @returns what to scan, once all of the form is there */
async function openForm(page: Page) {
  const form = page.getByRole('dialog');
  await expect(form.locator('input, textarea, li').first()).toBeVisible();
  await expect(page.getByTestId(testIds.states.loading)).toHaveCount(0);
  return { include: '[role="dialog"]', options: RULES };
}

for (const theme of ['dark', 'light'] as const) {
  test.describe(`in the ${theme} theme`, () => {
    test.beforeEach(async ({ page }) => {
      await page.request.patch('/api/user/preferences', { data: { theme } });
    });
    test.afterEach(async ({ page }) => {
      await page.request.patch('/api/user/preferences', { data: { theme: 'dark' } });
    });

    for (const path of PAGES) {
      test(`${path} breaks no rule of WCAG 2.1 AA`, async ({ gotoPage, page, scanForA11yViolations, complaints }) => {
        await gotoPage(path);
        await page.waitForLoadState('networkidle');
        await expect(page.getByTestId(testIds.states.loading)).toHaveCount(0);
        // Our own part of the page: Grafana's frame is Grafana's.
        const report = await scanForA11yViolations({ include: '#pageContent', options: RULES });
        expect(report).toHaveNoA11yViolations();
        expect(complaints).toEqual([]);
      });
    }

    test('the configuration breaks none', async ({ gotoAppConfigPage, page, scanForA11yViolations }) => {
      await gotoAppConfigPage({ pluginId: pluginJson.id });
      await page.getByTestId(testIds.config.test).click();
      await expect(page.getByTestId(testIds.config.findings)).toBeVisible();
      const include = `[data-testid="${testIds.config.form}"]`;
      expect(await scanForA11yViolations({ include, options: RULES })).toHaveNoA11yViolations();
    });

    for (const role of ['admin', 'operator'] as const) {
      test.describe(`of the ${role}`, () => {
        test.use({ role });
        for (const [section, button] of FORMS[role]) {
          test(`the form of ${section} behind ${button} breaks none`, async ({
            demo,
            gotoPage,
            page,
            scanForA11yViolations,
            complaints,
          }) => {
            await gotoPage(`admin/${section}${role === 'operator' ? `?tenant=${demo.tenants[0].id}` : ''}`);
            await page.getByRole('button', { name: button }).first().click();
            expect(await scanForA11yViolations(await openForm(page))).toHaveNoA11yViolations();
            expect(complaints).toEqual([]);
          });
        }
      });
    }

    test.describe('of the operator in all tenants', () => {
      test.use({ role: 'operator' });
      test('all tenants break none', async ({ gotoPage, page, scanForA11yViolations }) => {
        await gotoPage('admin/tenants');
        await expect(page.getByTestId(testIds.admin.table)).toBeVisible();
        expect(await scanForA11yViolations({ include: '#pageContent', options: RULES })).toHaveNoA11yViolations();
      });
    });

    test('an open hit and its trace break none either', async ({ gotoPage, page, scanForA11yViolations }) => {
      await gotoPage('search?q=service%3Acheckout&signal=traces');
      await page.getByTestId(testIds.search.hit).first().getByRole('button').first().click();
      await expect(page.getByTestId(testIds.search.details)).toBeVisible();
      expect(await scanForA11yViolations({ include: '#pageContent', options: RULES })).toHaveNoA11yViolations();
      await page.getByTestId(testIds.search.details).getByTestId(testIds.trace.open).first().click();
      const span = page.getByTestId(testIds.trace.span).first();
      await span.click();
      await expect(page.getByTestId(testIds.trace.details)).toBeVisible();
      const report = await scanForA11yViolations({
        include: `[data-testid="${testIds.trace.drawer}"]`,
        options: RULES,
      });
      expect(report).toHaveNoA11yViolations();
    });
  });
}

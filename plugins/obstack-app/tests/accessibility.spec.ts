import { testIds } from '../src/testIds';
import { expect, test } from './fixtures';
import pluginJson from '../src/plugin.json';

const RULES = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] };
const PAGES = [
  'overview',
  'search',
  ...['keys', 'users', 'roles', 'limits', 'audit', 'provisioning', 'tenants'].map((section) => `admin/${section}`),
];

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

    test.describe('of the operator', () => {
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

import { testIds } from '../src/testIds';
import { expect, test } from './fixtures';
import pluginJson from '../src/plugin.json';

test('tests the connection: every source, and one tenant alone', async ({ gotoAppConfigPage, page }) => {
  await gotoAppConfigPage({ pluginId: pluginJson.id });
  await page.getByTestId(testIds.config.test).click();
  const findings = page.getByTestId(testIds.config.findings);
  await expect(findings).toContainText('Loki answers');
  await expect(findings).toContainText('The token reads one tenant, and nothing else');
});

// The operator of the platform: in Grafana's first organisation, whose app holds the operator's token.
import { testIds } from '../src/testIds';
import { expect, test } from './fixtures';

test.use({ role: 'operator' });

test('sees every tenant, and the pages of the one that is chosen', async ({ demo, gotoPage, page, complaints }) => {
  await gotoPage('admin/tenants');
  const table = page.getByTestId(testIds.admin.table);
  for (const { name } of demo.tenants) {
    await expect(table.getByText(name, { exact: true })).toBeVisible();
  }
  const [, { id, name }] = demo.tenants;
  await gotoPage(`admin/users?tenant=${id}`);
  await expect(page.getByTestId(testIds.admin.table)).toContainText(`admin@${name}.example`);
  expect(complaints).toEqual([]);
});

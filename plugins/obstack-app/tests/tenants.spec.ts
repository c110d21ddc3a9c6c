// One Grafana, many tenants: whatever somebody of one tenant opens, asks or forges, nothing of another is in the answer.
import { testIds } from '../src/testIds';
import { expect, test } from './fixtures';

const PAGES = [
  'overview',
  'search',
  'search?signal=logs',
  'search?signal=traces',
  'search?signal=metrics',
  ...['keys', 'users', 'roles', 'limits', 'audit', 'provisioning', 'tenants'].map((section) => `admin/${section}`),
];

const proxied = (path: string) => `/api/plugin-proxy/obstack-app/api/${path}`;

test('no page shows a tenant anything of another, nor does an answer behind it hold any', async ({
  gotoPage,
  page,
  tenant,
  other,
}) => {
  let answers = 0;
  const foreign: string[] = [];
  page.on('response', async (response) => {
    if (!response.url().includes('/api/')) {
      return;
    }
    const text = await response.text().catch(() => '');
    answers += 1;
    if (text.includes(other.id) || text.includes(other.name)) {
      foreign.push(response.url());
    }
  });
  for (const path of PAGES) {
    await gotoPage(path);
    await page.waitForLoadState('networkidle');
    expect(await page.content()).not.toContain(other.name);
  }
  expect(answers).toBeGreaterThan(PAGES.length);
  expect(foreign).toEqual([]);
  expect(tenant.id).not.toBe(other.id);
});

test('an address that names another tenant, its org or its data leads nowhere', async ({ gotoPage, page, other }) => {
  await gotoPage(`search?q=${encodeURIComponent(`@tenant_id:${other.id}`)}`);
  await expect(page.getByTestId(testIds.search.source('loki'))).toBeVisible();
  await page.waitForLoadState('networkidle');
  await expect(page.getByTestId(testIds.search.hit)).toHaveCount(0);
  await gotoPage(`admin/keys?tenant=${other.id}`);
  await page.waitForLoadState('networkidle');
  expect(await page.content()).not.toContain(other.name);
  // Grafana falls back to an org that one is a member of.
  await gotoPage(`overview?orgId=${other.grafana.orgId}`);
  await page.waitForLoadState('networkidle');
  expect(await page.content()).not.toContain(other.name);
});

test('the APIs behind the pages refuse what is another’s', async ({ page, tenant, other }) => {
  const own = await page.request.get(proxied(`control-plane/api/v1/tenants/${tenant.id}`));
  expect(own.status()).toBe(200);
  for (const path of ['', '/keys', '/users', '/audit-events', '/query-tokens']) {
    const answer = await page.request.get(proxied(`control-plane/api/v1/tenants/${other.id}${path}`));
    expect(answer.status()).toBe(404);
  }
  const forged = await page.request.get(proxied(`control-plane/api/v1/tenants/${other.id}/keys`), {
    headers: {
      'x-grafana-id': 'eyJhbGciOiJub25lIn0.e30.',
      'x-scope-orgid': other.id,
      'x-grafana-org-id': String(other.grafana.orgId),
    },
  });
  expect(forged.status()).toBeGreaterThanOrEqual(400);
  const series = await page.request.get(
    proxied(`proxy/prometheus/api/v1/series?match[]=${encodeURIComponent(`{tenant_id="${other.id}"}`)}`),
    { headers: { 'x-scope-orgid': other.id } }
  );
  expect(await series.json()).toMatchObject({ status: 'success', data: [] });
});

test.describe('a viewer', () => {
  test.use({ role: 'viewer' });

  test('searches, and can change nothing', async ({ gotoPage, page, tenant }) => {
    await gotoPage('search');
    await expect(page.getByTestId(testIds.search.hit).first()).toBeVisible();
    const made = await page.request.post(proxied(`control-plane/api/v1/tenants/${tenant.id}/keys`), {
      data: { name: 'not mine to make' },
    });
    expect(made.status()).toBe(403);
  });
});

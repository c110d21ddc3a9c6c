import { dirname } from 'node:path';
import type { PluginOptions } from '@grafana/plugin-e2e';
import { defineConfig, devices } from '@playwright/test';

const pluginE2eAuth = `${dirname(require.resolve('@grafana/plugin-e2e'))}/auth`;
const { GRAFANA_URL, GRAFANA_ADMIN_PASSWORD = 'admin', CHROMIUM = '/usr/bin/chromium', CI } = process.env;

export default defineConfig<PluginOptions>({
  testDir: './tests',
  // One Grafana and, where this is developed, two cores: side by side the tests would only slow each other.
  workers: 1,
  forbidOnly: Boolean(CI),
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: GRAFANA_URL,
    grafanaAPICredentials: { user: 'admin', password: GRAFANA_ADMIN_PASSWORD },
    user: { user: 'admin', password: GRAFANA_ADMIN_PASSWORD },
    // The system's browser: none is downloaded.
    launchOptions: { executablePath: CHROMIUM, args: ['--no-sandbox'] },
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'auth', testDir: pluginE2eAuth, testMatch: [/.*\.js/] },
    {
      name: 'chromium',
      use: { ...devices['Desktop Chrome'], storageState: 'playwright/.auth/admin.json' },
      dependencies: ['auth'],
    },
  ],
});

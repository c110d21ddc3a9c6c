import type { PluginOptions } from '@grafana/plugin-e2e';
import { defineConfig, devices } from '@playwright/test';

const { GRAFANA_URL, CHROMIUM = '/usr/bin/chromium', CI } = process.env;

export default defineConfig<PluginOptions>({
  testDir: './tests',
  // One Grafana and, where this is developed, two cores: side by side the tests would only slow each other.
  workers: 1,
  forbidOnly: Boolean(CI),
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: GRAFANA_URL,
    viewport: { width: 1440, height: 900 },
    // The system's browser: none is downloaded.
    launchOptions: { executablePath: CHROMIUM, args: ['--no-sandbox'] },
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'chromium', testIgnore: /screenshots/ },
    { name: 'screenshots', testMatch: /screenshots/ },
  ],
});

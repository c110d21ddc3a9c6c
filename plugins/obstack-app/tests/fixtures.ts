import { test as base } from '@grafana/plugin-e2e';
import type { ConsoleMessage, Page } from '@playwright/test';
import { type Demo, type DemoTenant, readDemo, readGrafanaAdmin, type Role } from './demo';
import pluginJson from '../src/plugin.json';

interface Fixtures {
  demo: Demo;
  /** Whom the page belongs to: `test.use({ role: 'viewer' })`. Of the first tenant, but for the operator. */
  role: Role | 'operator';
  tenant: DemoTenant;
  other: DemoTenant;
  signIn: (page: Page) => Promise<void>;
  /** Opens a page of the app: `search?q=level:error`. */
  gotoPage: (path: string) => Promise<unknown>;
  /** What the browser complained of, on any page of the test. */
  complaints: string[];
}

/** Grafana 12.3 asks for feature flags before anybody has signed in, and complains of its own 401. */
const isOfGrafana = (message: ConsoleMessage) =>
  message.location().url.includes('/apis/features.grafana.app/') || message.text().includes('OpenFeature provider');

export const test = base.extend<Fixtures>({
  demo: async ({}, use) => use(readDemo()),
  role: ['admin', { option: true }],
  tenant: ({ demo }, use) => use(demo.tenants[0]),
  other: ({ demo }, use) => use(demo.tenants[1]),
  signIn: ({ tenant, role }, use) =>
    use(async (page) => {
      const { login: user, password } = role === 'operator' ? readGrafanaAdmin() : tenant.grafana[role];
      const answer = await page.request.post('/login', { data: { user, password } });
      if (!answer.ok()) {
        throw new Error(`${user} cannot sign in: ${answer.status()}`);
      }
    }),
  page: async ({ page, signIn }, use) => {
    await signIn(page);
    await use(page);
  },
  gotoPage: ({ page }, use) => use((path) => page.goto(`/a/${pluginJson.id}/${path}`)),
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !isOfGrafana(message)) {
          complaints.push(`${message.text()} (${message.location().url})`);
        }
      });
      await use(complaints);
    },
    { auto: true },
  ],
});

export { expect } from '@grafana/plugin-e2e';

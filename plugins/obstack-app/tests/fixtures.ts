import { test as base } from '@grafana/plugin-e2e';
import pluginJson from '../src/plugin.json';

interface Fixtures {
  /** Opens a page of the app: `search?q=level:error`. */
  gotoPage: (path: string) => Promise<unknown>;
  /** What the browser complained of, on any page of the test. */
  complaints: string[];
}

export const test = base.extend<Fixtures>({
  gotoPage: ({ gotoAppPage }, use) => use((path) => gotoAppPage({ path: `/${path}`, pluginId: pluginJson.id })),
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await use(complaints);
    },
    { auto: true },
  ],
});

export { expect } from '@grafana/plugin-e2e';

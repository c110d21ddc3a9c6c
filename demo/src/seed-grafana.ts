/**
 * Gives every tenant of the demo file its org in a running Grafana, and notes Grafana's address in that file. Runs to
 * its end, after the seed; running it again brings up to date what is there.
 */
import { readFile } from 'node:fs/promises';
import { baseUrl, readConfig } from '@obstack/service-kit/config';
import { z } from 'zod';
import { readDemoFile, writeDemoFile } from './demo-file.ts';
import { DEFAULT_STACK_DIR, demoFileIn } from './paths.ts';
import { ensureOrg } from './seed/grafana.ts';

const Environment = z.object({
  OBSTACK_DIR: z.string().default(DEFAULT_STACK_DIR),
  GRAFANA_URL: baseUrl.describe('the URL of Grafana'),
  GRAFANA_ADMIN_PASSWORD_FILE: z
    .string()
    .describe("the file that holds the password of Grafana's user admin"),
});

const env = readConfig(Environment);
const demoFile = demoFileIn(env.OBSTACK_DIR);
const demo = await readDemoFile(demoFile);
if (!demo) throw new Error(`there is no ${demoFile}; the seed writes it`);

const password = (await readFile(env.GRAFANA_ADMIN_PASSWORD_FILE, 'utf8')).trim();
const grafana = { url: env.GRAFANA_URL, user: 'admin', password };
for (const tenant of demo.tenants) {
  await ensureOrg(grafana, tenant, demo.proxyUrl);
}
await writeDemoFile(demoFile, { ...demo, grafanaUrl: env.GRAFANA_URL });
console.log(`Grafana at ${env.GRAFANA_URL} has orgs ${demo.tenants.map(({ name }) => name).join(', ')}`);

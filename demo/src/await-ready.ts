/**
 * Waits until the worker has made what the demo's tenants have elsewhere. When it has given them their orgs in Grafana,
 * makes people in them, and notes them and Grafana's address in the demo file. Runs to its end, after the seed.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Provisioning } from '@obstack/contracts';
import { createClient } from '@obstack/contracts/client';
import { baseUrl, readConfig } from '@obstack/service-kit/config';
import { z } from 'zod';
import { DemoFile, readDemoFile, writeDemoFile } from './demo-file.ts';
import { DEFAULT_STACK_DIR, demoFileIn } from './paths.ts';
import { ensureGrafanaOperator, ensureGrafanaPeople } from './seed/grafana-users.ts';

const GIVE_UP_MS = 180_000;
const PAUSE_MS = 300;

const Environment = z.object({
  OBSTACK_DIR: z.string().default(DEFAULT_STACK_DIR),
  OPERATOR_FILE: z.string().describe('the file in which control-plane left the first operator'),
  CONTROL_PLANE_URL: baseUrl.describe('the URL of control-plane'),
  GRAFANA_URL: baseUrl.describe('the URL of Grafana').optional(),
  GRAFANA_PUBLIC_URL: baseUrl.describe('the URL of Grafana, as people reach it').optional(),
  GRAFANA_ADMIN_PASSWORD_FILE: z
    .string()
    .describe("the file that holds the password of Grafana's administrator")
    .optional(),
});

const env = readConfig(Environment);
const demoFile = demoFileIn(env.OBSTACK_DIR);
const demo = await readDemoFile(demoFile);
if (!demo) throw new Error(`there is no ${demoFile}; the seed writes it`);
const operator = DemoFile.shape.operator.parse(JSON.parse(await readFile(env.OPERATOR_FILE, 'utf8')));
const api = createClient({ baseUrl: env.CONTROL_PLANE_URL, token: operator.token });

const provisioned = await Promise.all(demo.tenants.map(({ id }) => untilReady(id)));
const inGrafana = provisioned.every(({ steps }) =>
  steps.some(({ name, state }) => name === 'grafana' && state === 'done'),
);
const { GRAFANA_URL: url, GRAFANA_ADMIN_PASSWORD_FILE: passwordFile } = env;
if (inGrafana && url && passwordFile) {
  const grafana = { url, password: (await readFile(passwordFile, 'utf8')).trim() };
  for (const tenant of demo.tenants) {
    tenant.grafana = await ensureGrafanaPeople(grafana, tenant, tenant.grafana);
  }
  await ensureGrafanaOperator(grafana, { controlPlaneUrl: env.CONTROL_PLANE_URL, token: operator.token });
}
const grafanaUrl = inGrafana ? (env.GRAFANA_PUBLIC_URL ?? url ?? null) : null;
await writeDemoFile(demoFile, { ...demo, grafanaUrl });
console.log(`ready: ${demo.tenants.map(({ name }) => name).join(', ')}`);

async function untilReady(tenantId: string): Promise<Provisioning> {
  const started = Date.now();
  for (;;) {
    const provisioning = await api.getProvisioning({ params: { tenantId } });
    if (provisioning.state !== 'provisioning') return provisioning;
    if (Date.now() - started > GIVE_UP_MS) throw new Error(explain(provisioning));
    await delay(PAUSE_MS);
  }
}

function explain({ steps }: Provisioning): string {
  const open = steps.filter(({ state }) => state !== 'done' && state !== 'skipped');
  return `not ready: ${open.map(({ title, state, reason }) => `${title}: ${reason ?? state}`).join('; ')}`;
}

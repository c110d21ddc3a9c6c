/**
 * Seeds a running stack: the demo's tenants and credentials over the admin API, the demo file, and the configuration
 * of the demo's Prometheus agent. Runs to its end before the demo starts; running it again changes nothing that
 * still works.
 */
import { readFile } from 'node:fs/promises';
import { createClient } from '@obstack/contracts/client';
import { baseUrl, readConfig } from '@obstack/service-kit/config';
import { z } from 'zod';
import { DemoFile, readDemoFile, writeDemoFile } from './demo-file.ts';
import { agentFileIn, DEFAULT_STACK_DIR, demoFileIn } from './paths.ts';
import { agentConfig } from './seed/agent-config.ts';
import { ensureTenant } from './seed/tenants.ts';
import { writePrivateFile } from '@obstack/service-kit/private-file';
import { SHOPS } from './shop/profile.ts';

const Environment = z.object({
  OBSTACK_DIR: z.string().default(DEFAULT_STACK_DIR),
  OPERATOR_FILE: z.string().describe('the file in which control-plane left the first operator'),
  CONTROL_PLANE_URL: baseUrl.describe('the URL of control-plane'),
  PROXY_URL: baseUrl.describe('the URL of the proxy, as agents and people reach it'),
  DEMO_SCRAPE_ADDRESS: z.string().default('127.0.0.1:9465').describe('host:port of the page the shops offer'),
  LOKI_URL: baseUrl.describe('the URL of Loki'),
  PROMETHEUS_URL: baseUrl.describe('the URL of Prometheus'),
  TEMPO_URL: baseUrl.describe('the URL of Tempo'),
  ALERTMANAGER_URL: baseUrl.describe('the URL of Alertmanager').optional(),
  OTEL_COLLECTOR_URL: baseUrl.describe('the URL of the OpenTelemetry Collector').optional(),
});

const env = readConfig(Environment);
const demoFile = demoFileIn(env.OBSTACK_DIR);
const before = await readDemoFile(demoFile);
const operator = DemoFile.shape.operator.parse(JSON.parse(await readFile(env.OPERATOR_FILE, 'utf8')));
const api = createClient({ baseUrl: env.CONTROL_PLANE_URL, token: operator.token });

const tenants: DemoFile['tenants'] = [];
for (const { tenant: name, plan } of SHOPS) {
  const known = before?.tenants.find((tenant) => tenant.name === name);
  tenants.push(await ensureTenant(api, { name, plan }, known));
}

await writeDemoFile(demoFile, {
  proxyUrl: env.PROXY_URL,
  controlPlaneUrl: env.CONTROL_PLANE_URL,
  grafanaUrl: null,
  backends: {
    loki: env.LOKI_URL,
    prometheus: env.PROMETHEUS_URL,
    tempo: env.TEMPO_URL,
    ...(env.ALERTMANAGER_URL && { alertmanager: env.ALERTMANAGER_URL }),
    ...(env.OTEL_COLLECTOR_URL && { 'otel-collector': env.OTEL_COLLECTOR_URL }),
  },
  operator,
  tenants,
});
await writePrivateFile(
  agentFileIn(env.OBSTACK_DIR),
  await agentConfig({ scrapeAddress: env.DEMO_SCRAPE_ADDRESS, proxyUrl: env.PROXY_URL }, tenants),
);
console.log(`${demoFile} describes tenants ${tenants.map(({ name }) => name).join(', ')}`);

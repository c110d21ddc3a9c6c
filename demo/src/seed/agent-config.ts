/** The configuration of the demo's Prometheus agent. It holds credentials: for its owner's eyes only. */
import { readFile } from 'node:fs/promises';
import type { DemoTenant } from '../demo-file.ts';
import { fillIn } from '@obstack/service-kit/template';

const TEMPLATE = new URL('../../../provisioning/demo/prometheus-agent.yaml', import.meta.url);

/** @param addresses the shops' page and the proxy, as the agent reaches them. */
export async function agentConfig(
  addresses: { scrapeAddress: string; proxyUrl: string },
  tenants: readonly Pick<DemoTenant, 'name' | 'ingestKey'>[],
): Promise<string> {
  return fillIn(await readFile(TEMPLATE, 'utf8'), {
    SCRAPE_ADDRESS: addresses.scrapeAddress,
    PROXY_URL: addresses.proxyUrl,
    ...Object.fromEntries(
      tenants.map((tenant) => [`${tenant.name.toUpperCase()}_INGEST_KEY`, tenant.ingestKey]),
    ),
  });
}

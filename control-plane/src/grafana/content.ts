/** What every tenant's org holds: the files under `provisioning/grafana`, the same for compose and native. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { fillIn } from '@obstack/service-kit/template';

const FILES = fileURLToPath(new URL('../../../provisioning/grafana', import.meta.url));

const Datasources = z.object({
  datasources: z.array(
    z.looseObject({ name: z.string(), uid: z.string(), type: z.string(), url: z.string() }),
  ),
});
const Dashboard = z.looseObject({ uid: z.string(), title: z.string() });

/**
 * The datasources, in the shape that both Grafana's provisioning and its API take.
 * @param values.PROXY_URL the proxy as Grafana reaches it
 */
export async function readDatasources(values: { PROXY_URL: string; QUERY_TOKEN: string }) {
  const text = await readFile(join(FILES, 'datasources.yaml'), 'utf8');
  return Datasources.parse(parse(fillIn(text, values))).datasources;
}

export async function readDashboards() {
  const names = (await readdir(join(FILES, 'dashboards'))).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) =>
      Dashboard.parse(JSON.parse(await readFile(join(FILES, 'dashboards', name), 'utf8'))),
    ),
  );
}

/**
 * `.obstack/demo.json`: the addresses and credentials of a running demo, for people, tests and benchmarks.
 * It holds secrets, so only its owner may read it.
 */
import { readFile } from 'node:fs/promises';
import { Plan, TenantId } from '@obstack/contracts';
import { z } from 'zod';
import { writePrivateFile } from '@obstack/service-kit/private-file';

const GrafanaUser = z.object({ login: z.string(), password: z.string() });

/** Those who can sign in to Grafana as somebody of a tenant, by their role in its org. */
const GrafanaPeople = z.object({
  orgId: z.int(),
  viewer: GrafanaUser,
  editor: GrafanaUser,
  admin: GrafanaUser,
});
export type GrafanaPeople = z.infer<typeof GrafanaPeople>;

export const DemoTenant = z.object({
  id: TenantId,
  name: z.string(),
  plan: Plan,
  /** Pushes every signal. */
  ingestKey: z.string(),
  /** Reads every signal. */
  queryToken: z.string(),
  /** The tenant's own administrator; null in a file from before tenants had people. */
  admin: z.object({ email: z.string(), password: z.string() }).nullable(),
  /** Null where there was no Grafana yet. */
  grafana: GrafanaPeople.nullable().default(null),
});
export type DemoTenant = z.infer<typeof DemoTenant>;

export const DemoFile = z.object({
  proxyUrl: z.url(),
  controlPlaneUrl: z.url(),
  /** Null when no Grafana is running. */
  grafanaUrl: z.url().nullable(),
  /** The real backends behind the proxy, by the name of the part. */
  backends: z.record(z.string(), z.url()),
  operator: z.object({ email: z.string(), password: z.string(), token: z.string() }),
  tenants: z.array(DemoTenant),
});
export type DemoFile = z.infer<typeof DemoFile>;

/** Undefined when there is no such file; throws when it is not a demo file. */
export async function readDemoFile(path: string): Promise<DemoFile | undefined> {
  try {
    return DemoFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${path} is not a usable demo file`, { cause: error });
  }
}

export async function writeDemoFile(path: string, demo: DemoFile): Promise<void> {
  await writePrivateFile(path, JSON.stringify(demo, null, 2) + '\n');
}

/**
 * Everything tenants have elsewhere, for tests: real MinIO and OpenSearch, a fake Grafana (no registry carries a real one;
 * grafana.real.test.ts takes one where there is one), a gate before each, control-plane, and workers as real processes.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Provisioning, Tenant } from '@obstack/contracts';
import { startStack } from '@obstack/native';
import { migrate } from '../src/db/migrate.ts';
import { startTestControlPlane, type TestControlPlane } from './control-plane.ts';
import { runSql } from './database.ts';
import { type FakeGrafana, startFakeGrafana } from './fake-grafana.ts';
import { type Gate, openGate } from './gate.ts';
import { listObjects } from './objects.ts';
import { startTestWorker, type TestWorker } from './worker.ts';

export const SERVICES = ['grafana', 'opensearch', 's3'] as const;
export type Service = (typeof SERVICES)[number];

/** All that stands anywhere for one tenant, by listing. */
export interface Holdings {
  orgs: { name: string; datasources: string[]; dashboards: string[]; home: unknown }[];
  templates: number;
  indices: number;
  /** Names below the tenant's prefix. */
  objects: string[];
  /** Query tokens in force. */
  tokens: number;
}

export interface Elsewhere {
  cp: TestControlPlane;
  grafana: FakeGrafana;
  gates: Record<Service, Gate>;
  /** Where S3 itself is, past the gate. */
  s3: Record<string, string>;
  startWorker(env?: Record<string, string>): Promise<TestWorker>;
  killWorkers(): Promise<void>;
  /** Asks until it is so. */
  until(tenantId: string, is: (now: Provisioning) => boolean): Promise<Provisioning>;
  untilReady(tenantId: string): Promise<Provisioning>;
  untilGone(tenantId: string): Promise<void>;
  remove(tenant: Tenant): Promise<void>;
  opensearch<T>(path: string, method?: string, body?: object): Promise<T>;
  holdings(tenant: Tenant): Promise<Holdings>;
  close(): Promise<void>;
}

export async function startElsewhere(): Promise<Elsewhere> {
  const dir = await mkdtemp(join(tmpdir(), 'obstack-elsewhere-'));
  const [stack, grafana] = await Promise.all([
    startStack({ dir, ports: 'free', parts: ['postgres', 'minio', 'opensearch'] }),
    startFakeGrafana(),
  ]);
  const { DATABASE_URL = '', OPENSEARCH_URL = '', S3_ENDPOINT = '' } = stack.env;
  const { S3_BUCKET = '', S3_ACCESS_KEY = '', S3_SECRET_KEY = '' } = stack.env;
  if (!OPENSEARCH_URL) throw new Error('OpenSearch cannot run on this machine: is there a JDK?');
  await migrate(DATABASE_URL);
  const gates = {
    grafana: await openGate(grafana.url),
    opensearch: await openGate(OPENSEARCH_URL),
    s3: await openGate(S3_ENDPOINT),
  };
  const passwordFile = join(dir, 'grafana-password');
  await writeFile(passwordFile, 'secret\n');
  const s3 = { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY, S3_SECRET_KEY };
  const workerEnv = {
    PROXY_URL: 'http://proxy.test:8080',
    CONTROL_PLANE_URL: 'http://control-plane.test:8081',
    GRAFANA_URL: gates.grafana.url,
    GRAFANA_ADMIN_PASSWORD_FILE: passwordFile,
    OPENSEARCH_URL: gates.opensearch.url,
    ...s3,
    S3_ENDPOINT: gates.s3.url,
  };
  const cp = await startTestControlPlane(DATABASE_URL, undefined, workerEnv);
  let workers: TestWorker[] = [];

  async function killWorkers(): Promise<void> {
    await Promise.all(workers.map((worker) => worker.kill()));
    workers = [];
  }

  async function until(tenantId: string, is: (now: Provisioning) => boolean): Promise<Provisioning> {
    for (;;) {
      const path = `/api/v1/tenants/${tenantId}/provisioning`;
      const { body } = await cp.request<Provisioning>('GET', path);
      if (is(body)) return body;
      await delay(50);
    }
  }

  async function opensearch<T>(path: string, method = 'GET', body?: object): Promise<T> {
    const response = await fetch(OPENSEARCH_URL + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  }

  async function holdings({ id, name }: Tenant): Promise<Holdings> {
    const orgs = grafana.orgs.filter((org) => [name, id].includes(org.name) || org.address.address1 === id);
    const { index_templates: templates } = await opensearch<{ index_templates: { name: string }[] }>(
      '/_index_template',
    );
    const resolved = await opensearch<{ indices: unknown[] }>(`/_resolve/index/*${id}*?expand_wildcards=all`);
    const tokens = await runSql(
      DATABASE_URL,
      "SELECT FROM credentials WHERE tenant_id = $1 AND kind = 'query-token' AND revoked_at IS NULL",
      [id],
    );
    return {
      orgs: orgs.map((org) => ({
        name: org.name,
        datasources: org.datasources.map(({ uid }) => uid).sort(),
        dashboards: org.dashboards.map(({ uid }) => uid).sort(),
        home: org.preferences,
      })),
      templates: templates.filter((template) => template.name.includes(id)).length,
      indices: resolved.indices.length,
      objects: (await listObjects(s3)).flatMap((key) =>
        key.startsWith(`${id}/`) ? [key.slice(id.length + 1)] : [],
      ),
      tokens: tokens.length,
    };
  }

  return {
    cp,
    grafana,
    gates,
    s3,
    until,
    opensearch,
    holdings,
    async startWorker(env = {}) {
      const worker = await startTestWorker(DATABASE_URL, { ...workerEnv, ...env });
      workers.push(worker);
      return worker;
    },
    killWorkers,
    untilReady: (tenantId) => until(tenantId, ({ state }) => state === 'ready'),
    async untilGone(tenantId) {
      while ((await cp.request('GET', `/api/v1/tenants/${tenantId}`)).status !== 404) await delay(50);
    },
    async remove({ id, name }) {
      const path = `/api/v1/tenants/${id}?confirm=${encodeURIComponent(name)}`;
      const { status } = await cp.request('DELETE', path);
      if (status !== 202) throw new Error(`removal answered ${status}`);
    },
    async close() {
      await killWorkers();
      await cp.close();
      await Promise.all([...Object.values(gates).map((gate) => gate.close()), grafana.close()]);
      await stack.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** What a tenant has once it is ready, for `expect`. */
export const completeFor = ({ name }: { name: string }): Holdings => ({
  orgs: [
    {
      name,
      datasources: ['obstack-loki', 'obstack-prometheus', 'obstack-tempo'],
      dashboards: ['obstack-services'],
      home: { homeDashboardUID: 'obstack-services' },
    },
  ],
  templates: 1,
  indices: 0,
  objects: ['.obstack-tenant.json'],
  tokens: 1,
});

/** What one that has left leaves behind. */
export const REMAINS: Holdings = {
  orgs: [],
  templates: 0,
  indices: 0,
  objects: ['audit-events', 'keys', 'manifest', 'roles', 'tenant', 'users'].map(
    (name) => `export/${name}.${name === 'manifest' ? 'json' : 'ndjson'}`,
  ),
  tokens: 0,
};

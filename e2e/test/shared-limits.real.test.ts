// Two copies of the proxy and the real Redis: a tenant has one limit over both. Redis is killed, hangs and comes back; no
// push waits for it, and each copy then holds the tenant to that limit by itself.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatCredential } from '@obstack/contracts/credential-format';
import { PLANS } from '@obstack/contracts';
import type { LimitOverrides } from '@obstack/contracts';
import { startStack } from '@obstack/native';
import type { Stack } from '@obstack/native';
import { createProxy } from '@obstack/proxy';
import type { Proxy } from '@obstack/proxy';
import { readProxyConfig } from '@obstack/proxy/config';
import { logsPayload } from '@obstack/proxy/testing';
import { startStandIn } from '../src/lab/control-plane-stand-in.ts';
import type { StandIn } from '../src/lab/control-plane-stand-in.ts';
import { allAt, proxyEnv } from '../src/lab/start-proxy.ts';
import { startStubStore } from '../src/lab/stub-store.ts';
import type { StubStore } from '../src/lab/stub-store.ts';
import { until } from '../src/lab/until.ts';

let dir: string;
let stack: Stack;
let store: StubStore;
let storeStatus = 200;
let controlPlane: StandIn;
let proxies: Proxy[];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'obstack-redis-'));
  stack = await startStack({ dir, ports: 'free', parts: ['redis'] });
  store = await startStubStore((_request, response) => void response.writeHead(storeStatus).end());
  controlPlane = await startStandIn();
  const env = proxyEnv(allAt(store.url), controlPlane.url, controlPlane.internalToken);
  const config = readProxyConfig({ ...env, REDIS_URL: stack.env.REDIS_URL });
  proxies = await Promise.all([createProxy(config), createProxy(config)]);
}, 60_000);

afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await controlPlane.close();
  await store.close();
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
});

const BODY = new Uint8Array(logsPayload(1));
let serial = 0;

/** A tenant that may push `pushes` bodies at once, and then as good as nothing. */
function newTenant(pushes: number, keyLimits: LimitOverrides = {}): string {
  serial += 1;
  const key = formatCredential('ingestion-key', String(serial).padStart(12, '0'), 's'.repeat(32));
  const limits = { ...PLANS.saas.limits, logBytesPerSecond: 1, logBytesBurst: pushes * BODY.length };
  const tenantId = `3f2a7c10-5b1e-4d77-9c3a-${String(serial).padStart(12, '0')}`;
  controlPlane.know(key, { kind: 'ingestion-key', tenantId, limits, keyLimits });
  return key;
}

async function push(key: string, copy: number): Promise<number> {
  const reply = await fetch(`${proxies[copy % proxies.length]!.urls.main}/v1/logs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-protobuf' },
    body: BODY,
  });
  await reply.arrayBuffer();
  return reply.status;
}

/** How many of 20 pushes pass, ten through each copy, at once or one after the other. */
async function passed(key: string, together = false): Promise<number> {
  const statuses: number[] = [];
  if (together) statuses.push(...(await Promise.all(Array.from({ length: 20 }, (_, i) => push(key, i)))));
  else for (let i = 0; i < 20; i++) statuses.push(await push(key, i));
  expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
  return statuses.filter((status) => status === 200).length;
}

const isShared = async (): Promise<boolean> => (await passed(newTenant(4))) === 4;

describe('two proxies with one Redis', () => {
  it('share the limit of a tenant, one push after the other and all at once', async () => {
    await until('both are connected', isShared);
    expect(await passed(newTenant(6))).toBe(6);
    expect(await passed(newTenant(6), true)).toBe(6);
  });

  it('share the limit of a key', async () => {
    expect(await passed(newTenant(10, { logBytesBurst: 3 * BODY.length }))).toBe(3);
  });

  it('give back what could not be stored', async () => {
    const key = newTenant(4);
    storeStatus = 503;
    for (let i = 0; i < 10; i++) expect(await push(key, i)).toBe(503);
    storeStatus = 200;
    expect(await passed(key)).toBe(4);
  });

  it('count each for itself while Redis is dead, without waiting, and together again afterwards', async () => {
    await stack.kill('redis');
    const started = performance.now();
    expect(await passed(newTenant(4))).toBe(8);
    expect(performance.now() - started).toBeLessThan(2_000);
    await stack.start('redis');
    await until('they count together again', isShared, 10_000);
  });

  it('wait once at most for a Redis that hangs', async () => {
    const pid = stack.pid('redis') ?? 0;
    expect(pid).toBeGreaterThan(1);
    process.kill(pid, 'SIGSTOP');
    try {
      const started = performance.now();
      // Each of the twenty would take the deadline of 100 ms if it were not said that Redis hangs.
      expect(await passed(newTenant(4))).toBe(8);
      expect(performance.now() - started).toBeLessThan(1_900);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until('they count together again', isShared, 10_000);
  });
});

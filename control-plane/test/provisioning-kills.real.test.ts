/**
 * "Worker killed at every step: a restart completes it, nothing doubled." A gate before each service stops at a request of
 * the test's choosing, before the service has seen it or after; there the worker gets a SIGKILL.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Tenant } from '@obstack/contracts';
import { runSql } from './database.ts';
import { completeFor, type Elsewhere, REMAINS, SERVICES, startElsewhere } from './elsewhere.ts';
import { putObjects } from './objects.ts';
import { SHORT_LEASE } from './worker.ts';

jest.setTimeout(900_000);

let at: Elsewhere;
beforeAll(async () => {
  at = await startElsewhere();
});
afterEach(() => at.killWorkers());
afterAll(() => at.close());

describe.each(SERVICES)('a worker killed around any request to %s', (service) => {
  /** One step at a time, so that all before the one under way are done and none after it has begun. */
  const start = () => at.startWorker({ WORKER_SLOTS: '1', ...SHORT_LEASE });

  /** Kills the worker before and after each request that `begin` leads to; the next one is there for the `end`. */
  async function killEverywhere(
    requests: number,
    begin: (where: string) => Promise<Tenant>,
    end: (tenant: Tenant) => Promise<void>,
  ): Promise<void> {
    expect(requests).toBeGreaterThan(0);
    const gate = at.gates[service];
    let worker = await start();
    for (let index = 0; index < requests; index += 1) {
      for (const moment of ['before', 'after'] as const) {
        const stalled = gate.stallAt(index, moment);
        const tenant = await begin(`${moment} request ${index} to ${service}`);
        await stalled;
        await worker.kill();
        gate.open();
        worker = await start();
        await end(tenant);
      }
    }
  }

  it('while a tenant is made is followed by one that completes it, and doubles nothing', async () => {
    const calm = await start();
    at.gates[service].reset();
    await at.untilReady((await at.cp.createTenant(`Made calmly, ${service}`)).id);
    const requests = at.gates[service].requests.length;
    await calm.kill();

    await killEverywhere(
      requests,
      (where) => at.cp.createTenant(`Killed ${where}`),
      async (tenant) => {
        await at.untilReady(tenant.id);
        expect(await at.holdings(tenant)).toEqual(completeFor(tenant));
      },
    );
    const tenants = await runSql(at.cp.databaseUrl, "SELECT FROM tenants WHERE state = 'ready'");
    expect(at.grafana.orgs).toHaveLength(tenants.length);
  });

  it('while a tenant is removed is followed by one that leaves its export, and nothing else', async () => {
    const make = async (name: string): Promise<Tenant> => {
      const tenant = await at.cp.createTenant(name);
      await at.untilReady(tenant.id);
      await at.opensearch(`/obstack-logs-${tenant.id}-2026.11/_doc`, 'POST', { body: 'a line' });
      await putObjects(at.s3, [`${tenant.id}/blocks/1`, `${tenant.id}/blocks/2`]);
      return tenant;
    };
    const maker = await start();
    const first = await make(`Removed calmly, ${service}`);
    at.gates[service].reset();
    await at.remove(first);
    await at.untilGone(first.id);
    const requests = at.gates[service].requests.length;
    const leaving: Tenant[] = [];
    while (leaving.length < requests * 2) leaving.push(await make(`Leaves ${leaving.length}, ${service}`));
    await maker.kill();

    await killEverywhere(
      requests,
      async () => {
        const tenant = leaving.shift()!;
        await at.remove(tenant);
        return tenant;
      },
      async (tenant) => {
        await at.untilGone(tenant.id);
        expect(await at.holdings(tenant)).toEqual(REMAINS);
      },
    );
  });
});

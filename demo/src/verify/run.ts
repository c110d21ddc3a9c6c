/** The check itself: push, wait until the owner sees it on every path, then look as the other tenant. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DemoTenant } from '../demo-file.ts';
import type { Finding } from './ask.ts';
import type { Probe, QueryPath } from './probes.ts';
import type { Row } from './rows.ts';

const GIVE_UP_MS = 20_000;
const PAUSE_MS = 200;

/** The outside world, so that the check can be checked. */
export interface World {
  push(tenant: DemoTenant, probe: Probe): Promise<string | undefined>;
  look(reader: DemoTenant, path: QueryPath, mark: string, spelled?: string): Promise<Finding>;
  /** Milliseconds, only ever compared. */
  now(): number;
}

export const realTime: Pick<World, 'now'> = { now: () => performance.now() };

/** One row per path of every probe. The clock starts before the push. */
export async function check(
  world: World,
  owner: DemoTenant,
  other: DemoTenant,
  probes: Probe[],
): Promise<Row[]> {
  const rows = await Promise.all(
    probes.map(async (probe) => {
      const started = world.now();
      const refused = await world.push(owner, probe);
      return Promise.all(
        probe.queryPaths.map((path) => checkPath(world, { owner, other, probe, path, started, refused })),
      );
    }),
  );
  return rows.flat();
}

interface PathCheck {
  owner: DemoTenant;
  other: DemoTenant;
  probe: Probe;
  path: QueryPath;
  started: number;
  refused: string | undefined;
}

async function checkPath(
  world: World,
  { owner, other, probe, path, started, refused }: PathCheck,
): Promise<Row> {
  const row = { tenant: owner.name, signal: probe.signal, via: probe.via, path: path.name };
  if (refused !== undefined) {
    return { ...row, seconds: null, owner: { problem: refused }, other: 'not asked' };
  }
  const seenByOwner = await waitFor(world, () => world.look(owner, path, probe.mark), started);
  if (seenByOwner !== 'seen') return { ...row, seconds: null, owner: seenByOwner, other: 'not asked' };
  const seconds = (world.now() - started) / 1000;
  // Only now: before the owner sees it, nobody else seeing it would prove nothing.
  const plain = await world.look(other, path, probe.mark);
  const spelled = await world.look(other, path, probe.mark, owner.id);
  return { ...row, seconds, owner: 'seen', other: plain === 'nothing' ? spelled : plain };
}

/** Asks until the answer is `seen` or the time is up; then the last answer. */
async function waitFor(world: World, ask: () => Promise<Finding>, started: number): Promise<Finding> {
  for (;;) {
    const finding = await ask();
    if (finding === 'seen' || world.now() - started > GIVE_UP_MS) return finding;
    await delay(PAUSE_MS);
  }
}

// Where our proxy's time goes, scenario by scenario: the same load as in a contest, on our proxy alone, first
// without the profiler for the cost of a request, then with it for the shares.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contest, OURS } from './contest.ts';
import type { Pace, Scenario, Window } from './contest.ts';
import { sharesByPart } from './measure/profile.ts';
import type { CpuProfile } from './measure/profile.ts';
import { openRing } from './ring.ts';
import type { Ring } from './ring.ts';
import { figure, renderTable } from './table.ts';

type Setup = (ring: Ring, profileDir?: string) => Promise<Scenario[]>;

export interface Breakdown {
  readonly scenario: string;
  readonly connections: number;
  readonly microsecondsPerRequest: number;
  readonly parts: readonly { readonly part: string; readonly microseconds: number }[];
}

/** @param only scenarios whose name holds this */
export async function profile(setup: Setup, pace: Pace, only: string): Promise<Breakdown[]> {
  const breakdowns: Breakdown[] = [];
  for (const name of await scenarioNames(setup, only)) {
    for (const connections of pace.connections) {
      breakdowns.push(await breakDown(setup, name, { ...pace, rounds: 1, connections: [connections] }));
    }
  }
  return breakdowns;
}

async function scenarioNames(setup: Setup, only: string): Promise<string[]> {
  const ring = await openRing();
  try {
    return (await setup(ring)).map(({ name }) => name).filter((name) => name.includes(only));
  } finally {
    await ring.close();
  }
}

async function breakDown(setup: Setup, name: string, pace: Pace): Promise<Breakdown> {
  const dir = mkdtempSync(join(tmpdir(), 'obstack-profile-'));
  try {
    const plain = await run(setup, name, pace);
    await run(setup, name, pace, dir);
    const [file = ''] = readdirSync(dir);
    const shares = sharesByPart(
      JSON.parse(readFileSync(join(dir, file), 'utf8')) as CpuProfile,
      pace.seconds,
    );
    const microsecondsPerRequest = ((plain.cpuSeconds ?? NaN) / plain.requests) * 1e6;
    return {
      ...{ scenario: name, connections: plain.connections, microsecondsPerRequest },
      parts: shares.map(({ part, share }) => ({ part, microseconds: share * microsecondsPerRequest })),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Closing the ring ends our proxy, which is when it writes its profile. */
async function run(setup: Setup, name: string, pace: Pace, profileDir?: string): Promise<Window> {
  const ring = await openRing();
  try {
    const scenario = (await setup(ring, profileDir)).find((each) => each.name === name);
    if (!scenario) throw new Error(`there is no scenario ${name}`);
    const contenders = scenario.contenders.filter((contender) => contender.name === OURS);
    const arena = { ...ring, dir: ring.processes.dir, onProgress: () => undefined };
    const [window] = await contest(arena, { ...scenario, contenders }, pace);
    if (!window) throw new Error(`${name} was not measured`);
    return window;
  } finally {
    await ring.close();
  }
}

export function renderBreakdown({ scenario, connections, microsecondsPerRequest, parts }: Breakdown): string {
  const rows = parts
    .filter(({ microseconds }) => microseconds >= microsecondsPerRequest / 200)
    .map(({ part, microseconds }) => [
      part,
      figure(microseconds),
      `${Math.round((microseconds / microsecondsPerRequest) * 100)}%`,
    ]);
  const total = ['all', figure(microsecondsPerRequest), ''];
  return `${scenario}, ${connections} connections\n${renderTable(['', 'µs/request', ''], [...rows, total])}\n`;
}

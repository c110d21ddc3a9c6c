// One run of `query` or `ingest`, from starting the contenders to keeping the result.
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { ensureBinary, proxyNodeFlags, RemedyError } from '@obstack/native';
import { contest } from './contest.ts';
import type { Pace, Scenario, Window } from './contest.ts';
import { ingestScenarios } from './ingest.ts';
import { keep } from './keep.ts';
import { commit, describeMachine, versionOf } from './machine.ts';
import type { Options } from './options.ts';
import { queryScenarios } from './query.ts';
import { faults, renderScenario, summarise } from './report.ts';
import type { Figures } from './report.ts';
import { profile, renderBreakdown } from './run-profile.ts';
import { openRing } from './ring.ts';
import type { Ring } from './ring.ts';

const THOROUGH: Pace = { rounds: 5, seconds: 3, warmUpSeconds: 8, connections: [1, 32] };
const QUICK: Pace = { rounds: 1, seconds: 1, warmUpSeconds: 1, connections: [1, 32] };

const SCENARIOS = { query: queryScenarios, ingest: ingestScenarios };
type Contest = keyof typeof SCENARIOS;

/** @returns whether every request was answered, enforced and stamped as it should have been */
export async function runContests(command: Contest, options: Options): Promise<boolean> {
  refuseWithoutTools();
  const pace = paceOf(options);
  if (options.profile) {
    const breakdowns = await profile(SCENARIOS[command], pace, options.only ?? '');
    const text = options.json
      ? JSON.stringify(breakdowns, null, 2)
      : breakdowns.map(renderBreakdown).join('\n');
    process.stdout.write(`${text}\n`);
    return true;
  }
  const machine = describeMachine();
  const ring = await openRing();
  process.once('SIGINT', () => void ring.close().then(() => process.exit(130)));
  try {
    const scenarios = (await SCENARIOS[command](ring)).filter(({ name }) =>
      name.includes(options.only ?? ''),
    );
    const windows = await runAll(ring, scenarios, pace);
    const figures = summarise(windows);
    const wrong = faults(figures);
    const at = new Date().toISOString();
    const cores = { underTest: ring.core, loadAndStub: ring.loadCore };
    const about = { command, at, commit: commit(), machine, cores, versions: await versions(), pace };
    const path = keep(command, at, { ...about, figures, faults: wrong, windows });
    if (options.json)
      process.stdout.write(`${JSON.stringify({ ...about, figures, faults: wrong }, null, 2)}\n`);
    else process.stdout.write(describe(about, scenarios, figures, path));
    for (const fault of wrong) say(`FAULT: ${fault}`);
    return wrong.length === 0;
  } finally {
    await ring.close();
  }
}

async function runAll(ring: Ring, scenarios: readonly Scenario[], pace: Pace): Promise<Window[]> {
  const arena = { ...ring, dir: ring.processes.dir, onProgress: say };
  const windows: Window[] = [];
  for (const scenario of scenarios) windows.push(...(await contest(arena, scenario, pace)));
  return windows;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function paceOf({ quick, rounds, seconds }: Options): Pace {
  const pace = quick ? QUICK : THOROUGH;
  return { ...pace, rounds: rounds ?? pace.rounds, seconds: seconds ?? pace.seconds };
}

function refuseWithoutTools(): void {
  if (process.platform !== 'linux') {
    throw new RemedyError('the benchmarks read /proc and pin processes to cores', 'Run them on Linux.');
  }
  const missing = ['nginx', 'wrk', 'taskset'].filter((tool) => spawnSync(tool, ['-v']).error);
  if (missing.length === 0) return;
  throw new RemedyError(
    `the benchmarks need ${missing.join(' and ')}, not found on PATH`,
    'On Debian or Ubuntu: apt-get install nginx-light wrk util-linux; nginx is then in /usr/sbin',
  );
}

const versions = async (): Promise<Record<string, string | undefined>> => ({
  node: process.version,
  nginx: versionOf('nginx', ['-v']),
  wrk: versionOf('wrk', ['-v']),
  'prom-label-proxy': await pinned('prom-label-proxy'),
  'otel-collector': await pinned('otel-collector'),
  proxyNodeFlags: proxyNodeFlags.join(' '),
});

/** The name of a binary in the cache is its version and a hash of its sources. */
const pinned = async (name: string): Promise<string> =>
  basename(await ensureBinary(name)).slice(name.length + 1);

interface About {
  readonly at: string;
  readonly commit: string | undefined;
  readonly machine: ReturnType<typeof describeMachine>;
  readonly cores: { readonly underTest: number; readonly loadAndStub: number };
  readonly pace: Pace;
}

function describe(
  about: About,
  scenarios: readonly Scenario[],
  figures: readonly Figures[],
  path: string,
): string {
  const { machine, cores, pace } = about;
  const head = [
    `${machine.cpu}, ${machine.cores} cores, Linux ${machine.kernel}, load ${machine.loadBefore.toFixed(1)} before the run`,
    `Under test on core ${cores.underTest}; load generator and stub on core ${cores.loadAndStub}.`,
    `Medians of ${pace.rounds} rounds of ${pace.seconds} s, contenders taking turns.`,
  ];
  const tables = scenarios.map((scenario) => renderScenario(scenario, figures));
  return `${head.join('\n')}\n\n${tables.join('\n')}\nKept in ${path}\n`;
}

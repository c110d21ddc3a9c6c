// One contest: the same requests to several contenders, in turn, again and again, so that whatever else the
// machine does in the meantime hits all of them alike.
import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { cpuSeconds } from './measure/cpu.ts';
import { shoot, writePlan } from './measure/wrk.ts';
import type { Plan, Shot } from './measure/wrk.ts';
import type { Inspector, Sample } from './parts/inspector.ts';
import type { Place } from './ring.ts';

/** The contender that the others are compared to. */
export const OURS = 'obstack';

export interface Contender extends Place {
  readonly name: string;
  /** Put before the path of every target. */
  readonly prefix?: string;
  /** Identity, in the way this contender wants it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is wrong with a request that this contender sent to the stub; undefined when nothing is. */
  readonly complaint: (sample: Sample) => string | undefined;
}

export interface Scenario {
  readonly name: string;
  readonly plan: Plan;
  readonly contenders: readonly Contender[];
  /** Of the body of a reply, at least. */
  readonly replyBytes: number;
  /** CPU-seconds per 1,000 requests that our proxy is meant to stay under, by number of connections. */
  readonly aim?: Readonly<Record<number, number>>;
}

export interface Pace {
  readonly rounds: number;
  /** Of one measured window. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: readonly number[];
}

export interface Window extends Shot {
  readonly scenario: string;
  readonly contender: string;
  readonly connections: number;
  /** Used by the contender during the window. */
  readonly cpuSeconds: number | undefined;
  readonly samplesChecked: number;
  /** Samples that did not arrive as they should have; each different complaint once. */
  readonly complaints: readonly string[];
}

export interface Arena {
  readonly dir: string;
  readonly loadCore: number;
  readonly inspector: Inspector;
  readonly onProgress: (line: string) => void;
}

/** All windows of one scenario, in the order in which they were measured. Throws when a contender answers wrongly. */
export async function contest(arena: Arena, scenario: Scenario, pace: Pace): Promise<Window[]> {
  const entries = scenario.contenders.map((contender) => enter(arena, scenario, contender));
  for (const entry of entries) {
    await preflight(arena, scenario, entry);
    await measure(arena, scenario, entry, { connections: 8, seconds: pace.warmUpSeconds });
  }
  const windows: Window[] = [];
  for (let round = 0; round < pace.rounds; round++) {
    for (const connections of pace.connections) {
      arena.onProgress(`${scenario.name}, ${connections} connections, round ${round + 1} of ${pace.rounds}`);
      // Every other round the other way about, so that nobody always follows the same neighbour.
      for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
        windows.push(await measure(arena, scenario, entry, { connections, seconds: pace.seconds }));
      }
    }
  }
  return windows;
}

interface Entry {
  readonly contender: Contender;
  readonly plan: Plan;
  readonly planPath: string;
}

let entered = 0;
function enter(arena: Arena, scenario: Scenario, contender: Contender): Entry {
  const { prefix = '', headers = {} } = contender;
  const plan: Plan = {
    ...scenario.plan,
    headers: { ...scenario.plan.headers, ...headers },
    targets: scenario.plan.targets.map((target) => ({ ...target, path: prefix + target.path })),
  };
  const planPath = join(arena.dir, `plan-${entered++}.lua`);
  writePlan(planPath, plan);
  return { contender, plan, planPath };
}

// The stub samples every 200th request of a connection, or more.
const PREFLIGHT_REQUESTS = 500;

/**
 * Sends requests one by one until the inspector has seen one of them arrive as it should.
 * Throws when one is refused, arrives wrongly, or none is ever seen.
 */
async function preflight(
  { inspector }: Arena,
  scenario: Scenario,
  { contender, plan }: Entry,
): Promise<void> {
  const { name, replyBytes } = scenario;
  for (let i = 0; i < PREFLIGHT_REQUESTS; i++) {
    const target = plan.targets[i % plan.targets.length];
    if (!target) throw new Error(`${name} has no requests`);
    const body = target.bodyFile ? await openAsBlob(target.bodyFile) : target.body;
    const response = await fetch(`http://127.0.0.1:${contender.port}${target.path}`, {
      method: plan.method,
      headers: plan.headers,
      ...(body !== undefined && { body }),
    });
    const reply = await response.text();
    if (!response.ok || Buffer.byteLength(reply) < replyBytes) {
      throw new Error(`${contender.name} answers ${name} with ${response.status}: ${reply.slice(0, 300)}`);
    }
    const [sample] = inspector.take(contender.upstream);
    if (!sample) continue;
    const complaint = contender.complaint(sample);
    if (complaint !== undefined) throw new Error(`${contender.name}, ${name}: ${complaint}`);
    return;
  }
  throw new Error(
    `none of ${PREFLIGHT_REQUESTS} requests through ${contender.name} was seen by the inspector`,
  );
}

let serial = 0;
// More than any contender answers in one window.
const SERIALS_PER_WINDOW = 1_000_000;

async function measure(
  { inspector, loadCore }: Arena,
  { name, replyBytes }: Scenario,
  { contender, planPath }: Entry,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Window> {
  const { pid, port, upstream } = contender;
  serial += SERIALS_PER_WINDOW;
  const before = pid === undefined ? 0 : cpuSeconds(pid);
  const url = `http://127.0.0.1:${port}`;
  const shot = await shoot({ planPath, url, connections, seconds, core: loadCore, serial });
  const used = pid === undefined ? undefined : cpuSeconds(pid) - before;
  const samples = inspector.take(upstream);
  const complaints = new Set(
    samples.map((sample) => contender.complaint(sample)).filter((text) => text !== undefined),
  );
  if (shot.bytes / shot.requests < replyBytes) complaints.add('replies are shorter than the answer');
  return {
    ...{ scenario: name, contender: contender.name, connections },
    ...shot,
    cpuSeconds: used,
    samplesChecked: samples.length,
    complaints: [...complaints],
  };
}

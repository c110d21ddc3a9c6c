// The load generator: wrk with one thread, which keeps a fixed number of connections busy, each sending its
// next request when the reply to the last one is there.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const LOAD_SCRIPT = fileURLToPath(new URL('./load.lua', import.meta.url));

/** Nine characters in a target, safe in a URL: load.lua puts a number there that no other request of the run has. */
export const DISTINCT = '000SERIAL';

export interface Target {
  readonly path: string;
  readonly body?: string;
  /** A file that holds the body, for bodies that are not text. */
  readonly bodyFile?: string;
}

export interface Plan {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Sent in turn. */
  readonly targets: readonly Target[];
}

export interface Shot {
  readonly requests: number;
  readonly seconds: number;
  /** Of replies with their heads. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Replies of status 400 and above. */
  readonly badStatus: number;
  /** Connections refused or cut, and replies that never came. */
  readonly broken: number;
}

/** Writes the plan as the Lua table that load.lua reads. */
export function writePlan(path: string, plan: Plan): void {
  const targets = plan.targets.map((target) => `{ ${fields({ ...target })} }`).join(',\n    ');
  const headers = Object.entries(plan.headers).map(([name, value]) => `[${quote(name)}] = ${quote(value)}`);
  writeFileSync(
    path,
    `return {\n  method = ${quote(plan.method)},\n  headers = { ${headers.join(', ')} },\n  targets = {\n    ${targets}\n  },\n}\n`,
  );
}

const fields = (table: Readonly<Record<string, string>>): string =>
  Object.entries(table)
    .map(([key, value]) => `${key} = ${quote(value)}`)
    .join(', ');

// JSON's escapes are Lua's too, as long as the text is ASCII.
const quote = (text: string): string => JSON.stringify(text);

export interface Shooting {
  readonly planPath: string;
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly core: number;
  /** Where the numbering of distinct requests starts. */
  readonly serial: number;
}

export async function shoot(shooting: Shooting): Promise<Shot> {
  const { stdout } = await promisify(execFile)('taskset', [
    ...['-c', String(shooting.core), 'wrk', '--threads', '1', '--connections', String(shooting.connections)],
    ...['--duration', `${shooting.seconds}s`, '--timeout', '10s', '--script', LOAD_SCRIPT, shooting.url],
    ...['--', shooting.planPath, String(shooting.serial)],
  ]);
  return parseShot(stdout);
}

/** Reads the line that load.lua prints at the end. */
export function parseShot(stdout: string): Shot {
  const line = stdout.split('\n').findLast((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`wrk printed no result:\n${stdout}`);
  const raw = JSON.parse(line) as Record<keyof Shot | 'microseconds', number>;
  return {
    requests: raw.requests,
    seconds: raw.microseconds / 1e6,
    bytes: raw.bytes,
    p50: raw.p50 / 1000,
    p99: raw.p99 / 1000,
    max: raw.max / 1000,
    badStatus: raw.badStatus,
    broken: raw.broken,
  };
}

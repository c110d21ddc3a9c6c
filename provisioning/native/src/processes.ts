/**
 * Telling one process from another. A pid alone proves nothing: it may have been given to somebody else since. A pid with
 * the moment its process began (and the boot it belongs to) names one process for ever.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessIdentity {
  pid: number;
  /** Opaque; equal only for the same process. */
  startedAt: string;
}

/** The identity of the living process `pid`, or undefined when there is none (a zombie counts as none). */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? linuxStart(pid) : psStart(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startedAt === identity.startedAt;
}

/** Ends a process and the group it leads: SIGTERM, then SIGKILL after `graceMs`. Does nothing to another process. */
export async function terminate(identity: ProcessIdentity, graceMs: number): Promise<void> {
  if (!isAlive(identity)) return;
  signalGroup(identity.pid, 'SIGTERM');
  if (await goneWithin(identity, graceMs)) return;
  signalGroup(identity.pid, 'SIGKILL');
  await goneWithin(identity, 5_000);
}

/** Signals every process of the group which `pid` leads or led. A group that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export async function goneWithin(identity: ProcessIdentity, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (isAlive(identity)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

/**
 * Of /proc/pid/stat (proc(5)), whose second field, the command's name, may hold anything: the state (3), the number of
 * threads (20) and the clock ticks from the boot to its beginning (22). A process is a zombie when its first thread has
 * ended; until the others have, too, it keeps its files and ports.
 */
function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, threads, startedAt] = [fields[0], Number(fields[17]), fields[19]];
    if (state === 'X' || (state === 'Z' && threads <= 1)) return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${startedAt}`;
  } catch {
    return undefined;
  }
}

function psStart(pid: number): string | undefined {
  try {
    const [state, ...start] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(/\s+/);
    return state === undefined || state === '' || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

let canDieWithParent: boolean | undefined;

/**
 * What to put before a command so that the kernel sends it `signal` when we die without a chance to do so (SIGKILL): Linux
 * only, through setpriv of util-linux; elsewhere nothing, and the next start cleans up by the state file.
 */
export function dieWithParent(signal: NodeJS.Signals = 'SIGTERM'): string[] {
  const prefix = ['setpriv', '--pdeathsig', signal.slice('SIG'.length), '--'];
  canDieWithParent ??= process.platform === 'linux' && succeeds([...prefix, 'true']);
  return canDieWithParent ? prefix : [];
}

/** BusyBox has a setpriv too, but without the option. */
function succeeds([file, ...args]: string[]): boolean {
  try {
    execFileSync(file as string, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The program's path if PATH holds it. */
export function findOnPath(program: string, path = process.env['PATH'] ?? ''): string | undefined {
  return path
    .split(':')
    .filter(Boolean)
    .map((folder) => `${folder}/${program}`)
    .find(existsSync);
}

/**
 * One part's process: started in a group of its own, watched until ready, started again with a growing pause when it dies,
 * and ended for certain.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dieWithParent, goneWithin, identify, type ProcessIdentity, signalGroup } from './processes.ts';

export interface Command {
  file: string;
  args: string[];
  env: Record<string, string>;
  cwd?: string;
  /** Run as this user; only root may. */
  user?: { uid: number; gid: number };
}

export interface ProcessOptions {
  name: string;
  logFile: string;
  /** Asked at every start, so that a restart sees what has changed. */
  command: () => Command | Promise<Command>;
  /** May throw: not ready yet. Unused for a task. */
  ready: (pid: number) => Promise<boolean>;
  /** A task runs to its end, and is ready when it ended well. */
  task?: boolean;
  startDeadlineMs?: number;
  /** SIGTERM unless the program means something better by another signal. */
  stopSignal?: NodeJS.Signals;
  stopGraceMs?: number;
  /** First pause before a restart; it doubles up to `maxPauseMs`. */
  firstPauseMs?: number;
  maxPauseMs?: number;
  onEvent?: (event: ProcessEvent) => void;
}

export type ProcessEvent =
  | { state: 'starting'; identity: ProcessIdentity }
  | { state: 'ready'; ms: number }
  /** A task has ended well. */
  | { state: 'done'; ms: number }
  | { state: 'died'; how: string; restartInMs: number }
  | { state: 'stopped' };

const MAX_LOG_BYTES = 10 * 1024 * 1024;
/** A process which lived this long has earned a quick restart again. */
const STEADY_MS = 60_000;

export class ManagedProcess {
  readonly #options: ProcessOptions;
  readonly #stopped = new WeakSet<ChildProcess>();
  #child: ChildProcess | undefined;
  #wanted = false;
  #ready = false;
  #pauseMs: number;
  #abortPause = new AbortController();

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#pauseMs = options.firstPauseMs ?? 500;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it and waits until it is ready. Rejects, with the end of its log, when it ends or dawdles instead. */
  async start(): Promise<void> {
    if (this.#child) return;
    this.#wanted = true;
    this.#abortPause = new AbortController();
    await this.#launch();
  }

  /** Ends it in good order: its stop signal, and SIGKILL when that did not do within the grace. */
  async stop(): Promise<void> {
    await this.#end(this.#options.stopSignal ?? 'SIGTERM');
  }

  /** Ends it the hard way, as a crash would; it stays down until `start`. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#wanted = false;
    this.#abortPause.abort();
    const child = this.#child;
    if (child?.pid !== undefined) {
      this.#stopped.add(child);
      const identity = identify(child.pid);
      signalGroup(child.pid, signal);
      if (identity && !(await goneWithin(identity, this.#options.stopGraceMs ?? 15_000))) {
        signalGroup(child.pid, 'SIGKILL');
        await goneWithin(identity, 5_000);
      }
      // Whatever it started in its group goes with it.
      signalGroup(child.pid, 'SIGKILL');
    }
    this.#child = undefined;
    this.#ready = false;
    this.#options.onEvent?.({ state: 'stopped' });
  }

  async #launch(): Promise<void> {
    const startedAt = Date.now();
    const child = await this.#spawn();
    try {
      await (this.#options.task ? this.#waitForEnd(child) : this.#waitUntilReady(child, startedAt));
    } catch (error) {
      if (this.#child === child) this.#child = undefined;
      throw error;
    }
    this.#ready = true;
    const { task, onEvent } = this.#options;
    onEvent?.({ state: task ? 'done' : 'ready', ms: Date.now() - startedAt });
    if (!task) this.#watch(child, startedAt);
  }

  async #spawn(): Promise<ChildProcess> {
    const { file, args, env, cwd, user } = await this.#options.command();
    if (!this.#wanted) throw new Error(`${this.#options.name} was stopped`);
    const log = openLog(this.#options.logFile);
    const [program, ...rest] = [...dieWithParent(this.#options.stopSignal), file, ...args] as [
      string,
      ...string[],
    ];
    const child = spawn(program, rest, { ...user, cwd, env, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    this.#child = child;
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity) this.#options.onEvent?.({ state: 'starting', identity });
    return child;
  }

  async #waitUntilReady(child: ChildProcess, startedAt: number): Promise<void> {
    const deadlineMs = this.#options.startDeadlineMs ?? 60_000;
    while (!hasEnded(child)) {
      if (child.pid !== undefined && (await this.#options.ready(child.pid).catch(() => false))) return;
      if (Date.now() - startedAt > deadlineMs) {
        if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
        throw this.#failure(`was not ready within ${Math.round(deadlineMs / 1000)} s`);
      }
      await sleep(100);
    }
    throw this.#failure(this.#stopped.has(child) ? 'was stopped' : howItEnded(child));
  }

  async #waitForEnd(child: ChildProcess): Promise<void> {
    if (!hasEnded(child)) await new Promise((resolve) => child.once('exit', resolve));
    this.#child = undefined;
    if (child.exitCode !== 0) throw this.#failure(howItEnded(child));
  }

  #failure(what: string): Error {
    return new Error(
      `${this.#options.name} ${what}; the end of ${this.#options.logFile}:\n${tail(this.#options.logFile)}`,
    );
  }

  #watch(child: ChildProcess, startedAt: number): void {
    const died = () => {
      if (!this.#wanted || this.#child !== child) return;
      if (Date.now() - startedAt > STEADY_MS) this.#pauseMs = this.#options.firstPauseMs ?? 500;
      this.#child = undefined;
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL'); // what it left behind would be in the way
      void this.#restart(howItEnded(child));
    };
    if (hasEnded(child)) died();
    else child.once('exit', died);
  }

  async #restart(how: string): Promise<void> {
    this.#ready = false;
    const pause = this.#pauseMs;
    this.#pauseMs = Math.min(pause * 2, this.#options.maxPauseMs ?? 30_000);
    this.#options.onEvent?.({ state: 'died', how, restartInMs: pause });
    try {
      await sleep(pause, undefined, { signal: this.#abortPause.signal });
    } catch {
      return; // stopped meanwhile
    }
    if (!this.#wanted) return;
    try {
      await this.#launch();
    } catch (error) {
      // Read anew: a stop may have come while it was starting.
      if (this.#wanted as boolean) void this.#restart((error as Error).message);
    }
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function howItEnded(child: ChildProcess): string {
  return child.signalCode === null
    ? `ended with exit code ${child.exitCode ?? '?'}`
    : `was ended by ${child.signalCode}`;
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-25).join('\n');
}

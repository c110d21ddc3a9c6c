/** Starts the parts in their order, watches them, remembers them in the state file, and ends them in the reverse order. */
import { join, resolve } from 'node:path';
import { type BuildProgress, ensureBinary, estimateSeconds, isBuilt } from './builds.ts';
import { serviceEnvironment } from './environment.ts';
import { tryLock } from './lock.ts';
import { ManagedProcess, type ProcessEvent } from './managed-process.ts';
import { type Context, type Part, type PartName, parts as allParts } from './parts.ts';
import { type HeldPort, holdPort } from './ports.ts';
import { identify, isAlive, type ProcessIdentity, terminate } from './processes.ts';
import { RemedyError } from './remedy-error.ts';
import { prepareFolders, privateFolder, readState, secret, type StackState, writeState } from './state.ts';

export type StackEvent =
  | ({ type: 'build' } & BuildProgress)
  /** Everything still to be built, said before the first build begins. */
  | { type: 'builds'; names: string[]; seconds: number }
  | { type: 'part'; part: PartName; event: ProcessEvent }
  | { type: 'note'; text: string };

export interface StackOptions {
  /** The stack's folder: state, logs, data and secrets. One stack at a time runs in it. */
  dir: string;
  /** By default every part that can run on this machine. */
  parts?: readonly PartName[];
  /** `default`: the usual ports, or those of the last start, or free ones; `free`: free ones only, for tests. */
  ports?: 'default' | 'free';
  onProgress?: (event: StackEvent) => void;
  /** Added to the environment of our own parts, and over it: `{ LOKI_URL: stub }` replaces a store. */
  env?: Record<string, string>;
  /** Aborting stops a start that is under way. */
  signal?: AbortSignal;
  /** The table of parts; another one in tests of the stack itself. */
  table?: readonly Part[];
}

export interface Stack {
  dir: string;
  parts: PartName[];
  /** Address of every part which has one. */
  urls: Record<PartName, string>;
  /** The environment our own parts run with. */
  env: Record<string, string>;
  /** Ends a part with SIGKILL, as a crash would; it stays down until `start`. */
  kill(part: PartName): Promise<void>;
  /** Ends a part in good order; it stays down until `start`. */
  stopPart(part: PartName): Promise<void>;
  start(part: PartName): Promise<void>;
  pid(part: PartName): number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a stack and waits until every part is ready.
 * @throws RemedyError when one is running in `dir` already, or something is missing on this machine; Error with the end of
 *   its log when a part does not come up. Nothing is left running then.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dir = resolve(options.dir);
  prepareFolders(dir);
  const held = tryLock(join(dir, 'stack.lock'));
  if (!held) throw alreadyRunning(dir);
  const stack = new RunningStack(dir, options, () => held.release());
  const abort = () => void stack.stop();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    options.signal?.throwIfAborted();
    await stack.bringUp();
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

/** Ends what a supervisor which was killed has left behind: only processes provably started by it. Says their names. */
export async function cleanUpLeftovers(dir: string): Promise<string[]> {
  const state = readState(dir);
  const left = Object.entries(state.processes).filter(([, identity]) => isAlive(identity));
  await Promise.all(left.map(([, identity]) => terminate(identity, 10_000)));
  writeState(dir, { ports: state.ports, processes: {}, urls: {} });
  return left.map(([name]) => name);
}

function alreadyRunning(dir: string): RemedyError {
  const { supervisor, urls } = readState(dir);
  const where = urls['proxy'] ? `; its proxy is at ${urls['proxy']}` : '';
  return new RemedyError(
    `a stack is running in ${dir} already (pid ${supervisor?.pid ?? 'unknown'})${where}`,
    'See it with `npm run status`, end it with `npm stop`.',
  );
}

class RunningStack implements Stack {
  readonly dir: string;
  readonly parts: PartName[] = [];
  readonly urls = {} as Record<PartName, string>;
  env: Record<string, string> = {};
  readonly #options: StackOptions;
  readonly #releaseDir: () => void;
  readonly #selected: Part[];
  readonly #processes = new Map<PartName, ManagedProcess>();
  readonly #held = new Map<string, HeldPort>();
  #state: StackState = { ports: {}, processes: {}, urls: {} };
  #stopping: Promise<void> | undefined;

  constructor(dir: string, options: StackOptions, releaseDir: () => void) {
    this.dir = dir;
    this.#options = options;
    this.#releaseDir = releaseDir;
    this.#selected = this.#select();
  }

  async bringUp(): Promise<void> {
    for (const name of await cleanUpLeftovers(this.dir))
      this.#note(`ended ${name}, left behind by an earlier stack`);
    const supervisor = identify(process.pid);
    this.#state = {
      ...readState(this.dir),
      startedAt: new Date().toISOString(),
      ...(supervisor && { supervisor }),
    };
    this.#save();
    const binaries = await this.#build();
    await this.#choosePorts();
    const context = this.#context(binaries);
    for (const part of this.#selected) this.#processes.set(part.name, this.#managed(part, context));
    await this.#startInOrder();
    this.#state.ready = true;
    this.#save();
  }

  async kill(part: PartName): Promise<void> {
    await this.#process(part).kill();
  }

  async stopPart(part: PartName): Promise<void> {
    await this.#process(part).stop();
  }

  async start(part: PartName): Promise<void> {
    await this.#process(part).start();
  }

  pid(part: PartName): number | undefined {
    return this.#process(part).pid;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#bringDown();
    return this.#stopping;
  }

  #process(part: PartName): ManagedProcess {
    const found = this.#processes.get(part);
    if (!found) throw new Error(`${part} is not part of this stack`);
    return found;
  }

  #select(): Part[] {
    const table = this.#options.table ?? allParts;
    const wanted = this.#options.parts;
    const unknown = wanted?.find((name) => !table.some((part) => part.name === name));
    if (unknown) {
      throw new RemedyError(
        `there is no part "${unknown}"`,
        `Parts are: ${table.map((part) => part.name).join(', ')}.`,
      );
    }
    return table.filter((part) => {
      if (wanted && !wanted.includes(part.name)) return false;
      const missing = part.missing?.();
      // A task only serves a part, which says it.
      if (missing !== undefined && !part.task) this.#note(`${part.name} is left out: ${missing}`);
      return missing === undefined;
    });
  }

  async #build(): Promise<Map<string, string>> {
    const names = [...new Set(this.#selected.flatMap((part) => part.binaries ?? []))];
    const unbuilt = names.filter((name) => !isBuilt(name));
    if (unbuilt.length > 0) {
      const seconds = unbuilt.reduce((sum, name) => sum + estimateSeconds(name), 0);
      this.#options.onProgress?.({ type: 'builds', names: unbuilt, seconds });
    }
    const paths = new Map<string, string>();
    const onProgress = (progress: BuildProgress) =>
      this.#options.onProgress?.({ type: 'build', ...progress });
    const { signal } = this.#options;
    // One after another: each build uses every core.
    for (const name of names)
      paths.set(name, await ensureBinary(name, { onProgress, ...(signal && { signal }) }));
    return paths;
  }

  /** Ports of all parts, also of those left out: what would talk to them then finds nobody, not a stranger. */
  async #choosePorts(): Promise<void> {
    const free = this.#options.ports === 'free';
    for (const part of this.#options.table ?? allParts) {
      const selected = this.#selected.includes(part);
      for (const [name, usual] of Object.entries(part.ports)) {
        const key = `${part.name}.${name}`;
        const remembered = this.#state.ports[key];
        const wanted = [...(remembered ? [remembered] : []), ...(free ? [] : [usual])];
        if (!selected && !free) {
          this.#state.ports[key] = remembered ?? usual;
          continue;
        }
        const held = await holdPort(wanted);
        if (selected) this.#held.set(key, held);
        else await held.release();
        this.#state.ports[key] = held.port;
        if (selected && !free && held.port !== usual)
          this.#note(portNote(part.name, name, usual, held.port, remembered));
      }
      const address = part.ports['http'] ?? part.ports['sql'];
      if (selected && address !== undefined) {
        const port = this.#state.ports[
          `${part.name}.${part.ports['http'] === undefined ? 'sql' : 'http'}`
        ] as number;
        this.urls[part.name] =
          `${part.ports['http'] === undefined ? 'postgres' : 'http'}://127.0.0.1:${port}`;
      }
    }
    this.#state.urls = { ...this.urls };
    this.#save();
  }

  #context(binaries: Map<string, string>): Context {
    const base = {
      dir: this.dir,
      dataDir: (part: PartName) => privateFolder(join(this.dir, 'data', part)),
      port: (part: PartName, name = 'http') =>
        known(this.#state.ports[`${part}.${name}`], `port ${name} of ${part}`),
      binary: (name: string) => known(binaries.get(name), `binary ${name}`),
      secret: (name: string) => secret(join(this.dir, 'secrets', name)),
    };
    this.env = { ...serviceEnvironment(base), ...this.#options.env };
    return { ...base, env: this.env };
  }

  #managed(part: Part, context: Context): ManagedProcess {
    const ready = async (pid: number): Promise<boolean> => {
      const answer = part.ready?.(context, pid);
      if (typeof answer !== 'string') return (await answer) ?? true;
      return (await fetch(answer, { signal: AbortSignal.timeout(2_000) })).ok;
    };
    return new ManagedProcess({
      name: part.name,
      logFile: join(this.dir, 'logs', `${part.name}.log`),
      command: async () => {
        const command = await part.command(context);
        await this.#releasePorts(part);
        return command;
      },
      ready,
      ...(part.task && { task: true }),
      ...(part.stopSignal && { stopSignal: part.stopSignal }),
      ...(part.startDeadlineMs && { startDeadlineMs: part.startDeadlineMs }),
      ...(part.stopGraceMs && { stopGraceMs: part.stopGraceMs }),
      onEvent: (event) => {
        if (event.state === 'starting') this.#remember(part.name, event.identity);
        else if (event.state === 'stopped' || event.state === 'done') this.#remember(part.name, undefined);
        this.#options.onProgress?.({ type: 'part', part: part.name, event });
      },
    });
  }

  async #releasePorts(part: Part): Promise<void> {
    for (const name of Object.keys(part.ports)) {
      await this.#held.get(`${part.name}.${name}`)?.release();
      this.#held.delete(`${part.name}.${name}`);
    }
  }

  /** Every part as soon as all it comes after are ready. */
  async #startInOrder(): Promise<void> {
    const started = new Map<PartName, Promise<void>>();
    const begin = (part: Part): Promise<void> => {
      const known = started.get(part.name);
      if (known) return known;
      const before = this.#selected.filter((other) => part.after.includes(other.name));
      const starting = Promise.all(before.map(begin)).then(async () => {
        if (this.#stopping) throw new Error('stopped while starting');
        await this.#process(part.name).start();
        this.parts.push(part.name);
      });
      started.set(part.name, starting);
      return starting;
    };
    await Promise.all(this.#selected.map(begin));
  }

  /** A part ends only when all that come after it have ended. */
  async #bringDown(): Promise<void> {
    const ended = new Map<PartName, Promise<void>>();
    const end = (part: Part): Promise<void> => {
      const known = ended.get(part.name);
      if (known) return known;
      const users = this.#selected.filter((other) => other.after.includes(part.name));
      const ending = Promise.all(users.map(end)).then(() => this.#processes.get(part.name)?.stop());
      ended.set(part.name, ending);
      return ending;
    };
    await Promise.all(this.#selected.map(end));
    await Promise.all([...this.#held.values()].map((port) => port.release()));
    writeState(this.dir, { ports: this.#state.ports, processes: {}, urls: {} });
    this.#releaseDir();
  }

  #remember(part: PartName, identity: ProcessIdentity | undefined): void {
    const { [part]: _, ...others } = this.#state.processes;
    this.#state.processes = identity ? { ...others, [part]: identity } : others;
    this.#save();
  }

  #save(): void {
    writeState(this.dir, this.#state);
  }

  #note(text: string): void {
    this.#options.onProgress?.({ type: 'note', text });
  }
}

function portNote(
  part: string,
  name: string,
  usual: number,
  port: number,
  remembered: number | undefined,
): string {
  const which = name === 'http' ? part : `${part} (${name})`;
  if (remembered === port) return `${which} keeps port ${port} of the last start (usual: ${usual})`;
  return `port ${usual} is taken: ${which} listens on ${port} instead`;
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what} in this stack`);
  return value;
}

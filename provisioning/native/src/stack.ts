/** Starts the parts in their order, watches them, remembers them in the state file, and ends them in the reverse order. */
import { join, resolve } from 'node:path';
import { type BuildProgress, ensureBinary, estimateSeconds, isBuilt } from './builds.ts';
import { type Addresses, chooseAddresses } from './addresses.ts';
import { serviceEnvironment } from './environment.ts';
import { inOrder, inOrderRegardless } from './in-order.ts';
import { tryLock } from './lock.ts';
import { ManagedProcess, type ProcessEvent } from './managed-process.ts';
import { type Context, type Part, type PartName, parts as allParts, type Wishes } from './parts.ts';
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
  /** By default every part that can run on this machine, the optional ones aside. */
  parts?: readonly PartName[];
  /** `default`: the usual ports, or those of the last start, or free ones; `free`: free ones only, for tests. */
  ports?: 'default' | 'free';
  onProgress?: (event: StackEvent) => void;
  /** Added to the environment of our own parts, and over it: `{ LOKI_URL: stub }` replaces a store. */
  env?: Record<string, string>;
  /** Aborting stops a start that is under way. */
  signal?: AbortSignal;
  /** Downloads a Grafana where there is none. */
  fetchGrafana?: boolean;
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
  /** Ends every part, users before what they use. Rejects when all was tried, naming each part that failed. */
  stop(): Promise<void>;
}

/**
 * Starts a stack and waits until every part is ready.
 * @throws RemedyError when one is running in `dir` already, or something is missing on this machine; Error with the end of
 *   its log when a part does not come up. Nothing is left running then.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dir = resolve(options.dir);
  const selected = selectParts(options);
  prepareFolders(dir);
  const held = tryLock(join(dir, 'stack.lock'));
  if (!held) throw alreadyRunning(dir);
  const stack = new RunningStack(dir, selected, options, () => held.release());
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

/** The parts asked for which can run on this machine. */
function selectParts(options: StackOptions): Part[] {
  const { table = allParts, parts: wanted, onProgress } = options;
  const unknown = wanted?.find((name) => !table.some((part) => part.name === name));
  if (unknown) {
    const names = table.map((part) => part.name).join(', ');
    throw new RemedyError(`there is no part "${unknown}"`, `Parts are: ${names}.`);
  }
  return table.filter((part) => {
    if (wanted ? !wanted.includes(part.name) : part.optional !== undefined) return false;
    const missing = part.missing?.(wishesOf(options));
    // A task only serves a part, which says it.
    if (missing !== undefined && !part.task)
      onProgress?.({ type: 'note', text: `${part.name} is left out: ${missing}` });
    return missing === undefined;
  });
}

const wishesOf = ({ fetchGrafana = false }: StackOptions): Wishes => ({ fetchGrafana });

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
  #addresses: Addresses | undefined;
  #state: StackState = { ports: {}, processes: {}, urls: {} };
  #stopping: Promise<void> | undefined;

  constructor(dir: string, selected: Part[], options: StackOptions, releaseDir: () => void) {
    this.dir = dir;
    this.#options = options;
    this.#releaseDir = releaseDir;
    this.#selected = selected;
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

  async #build(): Promise<Map<string, string>> {
    const wishes = wishesOf(this.#options);
    const names = [...new Set(this.#selected.flatMap((part) => binariesOf(part, wishes)))];
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
    for (const part of this.#selected) await part.prepare?.(onProgress, signal);
    return paths;
  }

  async #choosePorts(): Promise<void> {
    const { table = allParts, ports } = this.#options;
    const addresses = await chooseAddresses(table, this.#selected, this.#state.ports, ports === 'free');
    this.#addresses = addresses;
    for (const note of addresses.notes) this.#note(note);
    Object.assign(this.urls, addresses.urls);
    this.#state.ports = addresses.ports;
    this.#state.urls = { ...this.urls };
    this.#save();
  }

  #context(binaries: Map<string, string>): Context {
    const base = {
      wishes: wishesOf(this.#options),
      dir: this.dir,
      dataDir: (part: PartName) => privateFolder(join(this.dir, 'data', part)),
      port: (part: PartName, name = 'http') =>
        known(this.#state.ports[`${part}.${name}`], `port ${name} of ${part}`),
      binary: (name: string) => known(binaries.get(name), `binary ${name}`),
      has: (part: PartName) => this.#selected.some(({ name }) => name === part),
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
        await this.#addresses?.release(part.name);
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

  async #startInOrder(): Promise<void> {
    const before = (part: Part) => this.#selected.filter((other) => part.after.includes(other.name));
    await inOrder(this.#selected, before, async ({ name }) => {
      if (this.#stopping) throw new Error('stopped while starting');
      await this.#process(name).start();
      this.parts.push(name);
    });
  }

  async #bringDown(): Promise<void> {
    const users = (part: Part) => this.#selected.filter((other) => other.after.includes(part.name));
    try {
      await inOrderRegardless(this.#selected, users, ({ name }) => this.#end(name));
      // Only now: what could not be ended stays on record for the next start to end.
      writeState(this.dir, { ports: this.#state.ports, processes: {}, urls: {} });
    } finally {
      await this.#addresses?.release();
      this.#releaseDir();
    }
  }

  async #end(part: PartName): Promise<void> {
    try {
      await this.#processes.get(part)?.stop();
    } catch (error) {
      throw new Error(`${part} was not ended in good order: ${(error as Error).message}`, { cause: error });
    }
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

function binariesOf({ binaries = [] }: Part, wishes: Wishes): string[] {
  return typeof binaries === 'function' ? binaries(wishes) : binaries;
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what} in this stack`);
  return value;
}

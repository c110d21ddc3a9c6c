// Starts the processes of one run on the cores they belong to, and ends every one of them again.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const START_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 5_000;

export interface Launch {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly core: number;
  /** Loopback port that accepts connections once the process is up. */
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Running {
  readonly name: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

export class Processes {
  /** Logs and configuration files of this run. */
  readonly dir: string;
  readonly #running: Running[] = [];

  constructor(dir: string) {
    this.dir = dir;
  }

  /** Resolves when the port answers. Rejects, with the end of its log, when the process dies before that. */
  async start(launch: Launch): Promise<Running> {
    const logPath = join(this.dir, `${launch.name}.log`);
    const log = createWriteStream(logPath);
    await once(log, 'open');
    // `taskset` replaces itself by the command, so the child's pid is the server's.
    const child = spawn('taskset', ['-c', String(launch.core), launch.command, ...launch.args], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...launch.env },
    });
    const { pid } = child;
    if (pid === undefined) {
      const [error] = (await once(child, 'error')) as [Error];
      throw new Error(`cannot start ${launch.name}`, { cause: error });
    }
    const running: Running = { name: launch.name, pid, stop: () => stop(child) };
    this.#running.push(running);
    await untilListening(launch, child, logPath);
    return running;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((running) => running.stop()));
  }
}

async function untilListening(launch: Launch, child: ChildProcess, logPath: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline) {
    if (hasEnded(child)) throw new Error(`${launch.name} ended at once:\n${tail(logPath)}`);
    if (await accepts(launch.port)) return;
    await pause(50);
  }
  throw new Error(`${launch.name} does not listen on port ${launch.port}:\n${tail(logPath)}`);
}

const tail = (path: string): string => readFileSync(path, 'utf8').slice(-2_000);

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(timer);
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Loopback ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

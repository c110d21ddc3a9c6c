/** The worker as it really runs: a process of its own, which a test may end as a crash would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENCRYPTION_KEY } from './control-plane.ts';

const MAIN = new URL('../src/worker.ts', import.meta.url).pathname;

export interface TestWorker {
  pid: number;
  /** What it has logged so far. */
  output(): string;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM; its exit code. */
  stop(): Promise<number | null>;
}

/** A lease that is soon over, for tests in which a worker dies: on a busy machine a live one may lose it, too. */
export const SHORT_LEASE = { WORKER_LEASE_SECONDS: '0.5' };

/** @returns once it is at work. It does not wait long before it tries again. */
export async function startTestWorker(databaseUrl: string, env: Record<string, string>): Promise<TestWorker> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      DATABASE_URL: databaseUrl,
      ENCRYPTION_KEY,
      WORKER_LISTEN: '127.0.0.1:0',
      WORKER_RETRY_SECONDS: '0.2',
      // Tests start many of them.
      NODE_COMPILE_CACHE: join(tmpdir(), 'obstack-compile-cache'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('the worker is at work')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void exited.then(([code]) => reject(new Error(`the worker ended with ${code}: ${output}`)));
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return (await exited)[0];
  };
  return {
    pid: child.pid!,
    output: () => output,
    async kill() {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
}

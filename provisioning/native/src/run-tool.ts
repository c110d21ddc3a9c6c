/** Runs a tool of a build: its lines go into a log, and into progress. */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { dieWithParent, signalGroup } from './processes.ts';

export interface ToolRun {
  command: readonly string[];
  cwd: string;
  env?: Record<string, string>;
  logFile: string;
  signal: AbortSignal | undefined;
  onLine?: (line: string) => void;
}

/** Undefined when it succeeded, else the last lines it said. */
export function runTool({
  command,
  cwd,
  env,
  logFile,
  signal,
  onLine,
}: ToolRun): Promise<string[] | undefined> {
  const [program, ...args] = [...dieWithParent(), ...command] as [string, ...string[]];
  const child = spawn(program, args, {
    cwd,
    detached: true, // a group of its own, so that an abort reaches its children too
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const abort = () => child.pid !== undefined && signalGroup(child.pid, 'SIGTERM');
  signal?.addEventListener('abort', abort, { once: true });
  const tail: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      appendFileSync(logFile, `${line}\n`);
      tail.push(line);
      if (tail.length > 20) tail.shift();
      onLine?.(line);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve(code === 0 ? undefined : tail);
    });
  });
}

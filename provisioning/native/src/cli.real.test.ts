/** The command line, run as people run it, with the two quickest of the real parts. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBinary } from './builds.ts';
import { dieWithParent, goneWithin, isAlive, type ProcessIdentity } from './processes.ts';
import { readState } from './state.ts';

jest.setTimeout(600_000);

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
let dir: string;

beforeEach(async () => {
  await ensureBinary('alertmanager');
  dir = mkdtempSync(join(tmpdir(), 'obstack-cli-'));
});
afterEach(async () => {
  await run('stop');
  rmSync(dir, { recursive: true, force: true });
});

interface Running {
  child: ChildProcess;
  said: () => string;
  ended: Promise<number | null>;
}

function begin(...args: string[]): Running {
  const child = spawn(process.execPath, [cli, ...args, '--dir', dir], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, said: () => said, ended: once(child, 'close').then(([code]) => code as number | null) };
}

async function run(...args: string[]): Promise<{ code: number | null; said: string }> {
  const running = begin(...args);
  return { code: await running.ended, said: running.said() };
}

async function beginAndWait(...args: string[]): Promise<Running> {
  const running = begin('start', '--parts', 'postgres,alertmanager', ...args);
  while (!running.said().includes('Ready in')) {
    if (running.child.exitCode !== null) throw new Error(running.said());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return running;
}

const processes = (): ProcessIdentity[] => Object.values(readState(dir).processes);

describe('npm start', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves no process behind at %s', async (signal) => {
    const running = await beginAndWait();
    const started = processes();
    expect(started.filter(isAlive)).toHaveLength(2);
    running.child.kill(signal);
    expect(await running.ended).toBe(0);
    expect(started.filter(isAlive)).toEqual([]);
    expect(running.said()).toContain('Stopped.');
  });

  it('refuses a second start and points at the first', async () => {
    const running = await beginAndWait();
    const second = await run('start', '--parts', 'alertmanager');
    expect(second.code).toBe(1);
    expect(second.said).toContain(`running in ${dir} already (pid ${running.child.pid ?? ''})`);
    expect(second.said).toContain('npm stop');
    expect(processes().filter(isAlive)).toHaveLength(2);
  });

  it('cleans up after one that was killed', async () => {
    const killed = await beginAndWait();
    const left = processes();
    killed.child.kill('SIGKILL');
    await killed.ended;
    if (dieWithParent().length > 0) for (const one of left) expect(await goneWithin(one, 10_000)).toBe(true);
    expect((await run('status')).code).toBe(3);
    await beginAndWait();
    expect(left.filter(isAlive)).toEqual([]);
  });

  it('returns with --detach, and is ended by npm stop from elsewhere', async () => {
    const detached = await run('start', '--detach', '--parts', 'postgres,alertmanager');
    expect(detached.code).toBe(0);
    expect(detached.said).toContain('alertmanager is ready');
    const started = processes();
    expect(started.filter(isAlive)).toHaveLength(2);
    const status = await run('status');
    expect(status.code).toBe(0);
    expect(status.said).toMatch(/alertmanager +pid \d+ +http:\/\/127\.0\.0\.1:\d+/);
    const stopped = await run('stop');
    expect(stopped.code).toBe(0);
    expect(started.filter(isAlive)).toEqual([]);
    expect((await run('status')).code).toBe(3);
  });

  it('says what is wrong with its arguments', async () => {
    expect(await run('start', '--parts', 'lokki')).toMatchObject({
      code: 1,
      said: expect.stringContaining('no part "lokki"'),
    });
    expect((await run('begin')).said).toContain('Usage');
    expect((await run('start', '--fast')).said).toContain('--fast');
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedProcess, type ProcessEvent, type ProcessOptions } from './managed-process.ts';
import { identify, isAlive } from './processes.ts';

let dir: string;
let events: ProcessEvent[];
let part: ManagedProcess;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'obstack-process-'));
  events = [];
});
afterEach(async () => {
  await part.kill();
  rmSync(dir, { recursive: true, force: true });
});

/** A part which runs `code`; it is ready once the file `up` is there. */
function make(code: string, options: Partial<ProcessOptions> = {}): ManagedProcess {
  const up = join(dir, 'up');
  part = new ManagedProcess({
    name: 'fake',
    logFile: join(dir, 'logs', 'fake.log'),
    command: () => {
      rmSync(up, { force: true });
      return { file: process.execPath, args: ['-e', code], env: { UP: up, DIR: dir } };
    },
    ready: () => Promise.resolve(existsSync(up)),
    firstPauseMs: 20,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return part;
}

const comeUp = `require('node:fs').writeFileSync(process.env.UP, ''); setInterval(() => {}, 1000);`;
const states = () => events.map((event) => event.state);

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within 10 s; saw ${states().join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('ManagedProcess', () => {
  it('is ready when its own check says so, and writes what it says to its log', async () => {
    await make(`console.log('hello'); console.error('world'); ${comeUp}`).start();
    expect(part.isReady).toBe(true);
    expect(states()).toEqual(['starting', 'ready']);
    expect(readFileSync(join(dir, 'logs', 'fake.log'), 'utf8')).toBe('hello\nworld\n');
  });

  it('rejects with the end of the log when it ends instead of coming up, and does not try again', async () => {
    make(`console.error('bad flag'); process.exit(3);`);
    await expect(part.start()).rejects.toThrow(/ended with exit code 3[^]*bad flag/);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(states()).toEqual(['starting']);
    expect(part.pid).toBeUndefined();
  });

  it('rejects, and leaves nothing running, when it does not come up in time', async () => {
    make('setInterval(() => {}, 1000)', { startDeadlineMs: 300 });
    const pids: number[] = [];
    const starting = part.start();
    await until(() => part.pid !== undefined);
    pids.push(part.pid as number);
    await expect(starting).rejects.toThrow('not ready within 0 s');
    await until(() => pids.every((pid) => identify(pid) === undefined));
  });

  it('is started again when it dies, and says how it died', async () => {
    await make(comeUp).start();
    const first = part.pid as number;
    process.kill(first, 'SIGKILL');
    await until(() => states().filter((state) => state === 'ready').length === 2);
    expect(events.find((event) => event.state === 'died')).toMatchObject({ how: 'was ended by SIGKILL' });
    expect(part.pid).not.toBe(first);
  });

  it('pauses longer and longer when it keeps dying', async () => {
    make(`require('node:fs').writeFileSync(process.env.UP, ''); setTimeout(() => process.exit(1), 250);`);
    await part.start();
    await until(() => states().filter((state) => state === 'died').length === 3);
    const pauses = events.flatMap((event) => (event.state === 'died' ? [event.restartInMs] : []));
    expect(pauses.slice(0, 3)).toEqual([20, 40, 80]);
  });

  it('stays down after kill until it is started', async () => {
    await make(comeUp).start();
    await part.kill();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(part.pid).toBeUndefined();
    expect(states()).not.toContain('died');
    await part.start();
    expect(part.isReady).toBe(true);
  });

  it('is asked to stop first, and may tidy up', async () => {
    await make(
      `process.on('SIGTERM', () => { require('node:fs').writeFileSync(process.env.DIR + '/tidy', ''); process.exit(0); }); ${comeUp}`,
    ).start();
    await part.stop();
    expect(existsSync(join(dir, 'tidy'))).toBe(true);
    expect(states().at(-1)).toBe('stopped');
  });

  it('is ended the hard way when it will not stop', async () => {
    await make(`process.on('SIGTERM', () => {}); ${comeUp}`, { stopGraceMs: 200 }).start();
    const identity = identify(part.pid as number);
    await part.stop();
    expect(identity && isAlive(identity)).toBe(false);
  });

  it('takes along what it has started itself', async () => {
    await make(`
      const inner = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      require('node:fs').writeFileSync(process.env.DIR + '/inner', String(inner.pid)); ${comeUp}`).start();
    const inner = Number(readFileSync(join(dir, 'inner'), 'utf8'));
    expect(identify(inner)).toBeDefined();
    await part.kill();
    await until(() => identify(inner) === undefined);
  });

  it('can be stopped while it is pausing or starting', async () => {
    await make(comeUp, { firstPauseMs: 60_000 }).start();
    process.kill(part.pid as number, 'SIGKILL');
    await until(() => states().includes('died'));
    await part.stop();
    make('setInterval(() => {}, 1000)');
    const starting = part.start();
    await until(() => part.pid !== undefined);
    await Promise.all([expect(starting).rejects.toThrow('was stopped'), part.stop()]);
  });

  it('runs a task to its end, once', async () => {
    await make(`require('node:fs').writeFileSync(process.env.DIR + '/done', '')`, { task: true }).start();
    expect(existsSync(join(dir, 'done'))).toBe(true);
    expect(states()).toEqual(['starting', 'done']);
    expect(part.pid).toBeUndefined();
  });

  it('rejects when a task fails', async () => {
    make(`console.log('no luck'); process.exit(1)`, { task: true });
    await expect(part.start()).rejects.toThrow(/exit code 1[^]*no luck/);
  });
});

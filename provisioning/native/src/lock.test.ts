import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lock, tryLock } from './lock.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'obstack-lock-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Another process which takes the lock and keeps it. */
async function holderOf(file: string): Promise<ChildProcess> {
  const code = `import { tryLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)};
    console.log(tryLock(${JSON.stringify(file)}) ? 'taken' : 'refused'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(said.toString()).toContain('taken');
  return child;
}

describe('tryLock', () => {
  it('lets one in and gives the lock on after its release', () => {
    const file = join(dir, 'a/b.lock');
    const first = tryLock(file);
    expect(first).toBeDefined();
    expect(tryLock(file)).toBeUndefined();
    first?.release();
    const second = tryLock(file);
    expect(second).toBeDefined();
    second?.release();
  });

  it('excludes other processes, until they die without a word', async () => {
    const file = join(dir, 'x.lock');
    const holder = await holderOf(file);
    expect(tryLock(file)).toBeUndefined();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const taken = tryLock(file);
    expect(taken).toBeDefined();
    taken?.release();
  });
});

describe('lock', () => {
  it('waits for the holder and says once that it does', async () => {
    const file = join(dir, 'y.lock');
    const first = tryLock(file);
    let waits = 0;
    const second = lock(file, () => {
      waits += 1;
      setTimeout(() => first?.release(), 300);
    });
    (await second).release();
    expect(waits).toBe(1);
  });

  it('gives up when aborted', async () => {
    const file = join(dir, 'z.lock');
    const first = tryLock(file);
    const controller = new AbortController();
    const waiting = lock(file, () => controller.abort(), controller.signal);
    await expect(waiting).rejects.toThrow();
    first?.release();
  });
});

import { describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  dieWithParent,
  goneWithin,
  identify,
  isAlive,
  type ProcessIdentity,
  terminate,
} from './processes.ts';

/** Runs `code`, and waits until it has said something. */
async function run(code: string, prefix: string[] = []): Promise<{ child: ChildProcess; said: string }> {
  const [file, ...args] = [...prefix, process.execPath, '-e', code];
  const child = spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

function identityOf(pid: number | undefined): ProcessIdentity {
  const identity = identify(pid ?? 0);
  if (!identity) throw new Error(`no process ${pid ?? ''}`);
  return identity;
}

const forever = 'console.log("up"); setInterval(() => {}, 1000);';

describe('identify', () => {
  it('names a living process and forgets a dead one', async () => {
    expect(isAlive(identityOf(process.pid))).toBe(true);
    const { child } = await run(forever);
    const identity = identityOf(child.pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
  });

  it('names a process until it has let go of everything, its port above all', async () => {
    for (let round = 0; round < 30; round += 1) {
      const { child, said } = await run(`
        const server = require('node:net').createServer().listen(0, '127.0.0.1');
        server.on('listening', () => console.log(server.address().port));`);
      const identity = identityOf(child.pid);
      process.kill(identity.pid, 'SIGTERM');
      while (isAlive(identity));
      const next = createServer().listen(Number(said), '127.0.0.1');
      await once(next, 'listening');
      next.close();
    }
  });

  it('tells a process from another one which got its pid', () => {
    expect(isAlive({ ...identityOf(process.pid), startedAt: 'earlier' })).toBe(false);
  });
});

describe('terminate', () => {
  it('leaves a process alone that only has the same pid', async () => {
    const { child } = await run(forever);
    const identity = identityOf(child.pid);
    await terminate({ ...identity, startedAt: 'earlier' }, 100);
    expect(isAlive(identity)).toBe(true);
    await terminate(identity, 5_000);
    expect(isAlive(identity)).toBe(false);
  });

  it('ends one that ignores SIGTERM, with what it has started', async () => {
    const { child, said } = await run(`
      process.on('SIGTERM', () => {});
      const inner = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(
        `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.send('up');`,
      )}], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      inner.on('message', () => console.log(inner.pid));
      setInterval(() => {}, 1000);`);
    const [outer, inner] = [identityOf(child.pid), identityOf(Number(said))];
    await terminate(outer, 300);
    expect(isAlive(outer)).toBe(false);
    expect(await goneWithin(inner, 5_000)).toBe(true);
  });
});

describe('dieWithParent', () => {
  const supported = dieWithParent().length > 0;

  (supported ? it : it.skip)('ends a child whose parent was killed', async () => {
    const grandchild = JSON.stringify([
      ...dieWithParent(),
      process.execPath,
      '-e',
      'setInterval(() => {}, 1000)',
    ]);
    const { child, said } = await run(`
      const [file, ...args] = ${grandchild};
      const inner = require('node:child_process').spawn(file, args, { detached: true, stdio: 'ignore' });
      setTimeout(() => console.log(inner.pid), 300); setInterval(() => {}, 1000);`);
    const inner = identityOf(Number(said));
    child.kill('SIGKILL');
    expect(await goneWithin(inner, 5_000)).toBe(true);
  });
});

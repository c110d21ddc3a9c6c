import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Part, type PartName, parts as realParts } from './parts.ts';
import { identify, isAlive } from './processes.ts';
import { cleanUpLeftovers, type Stack, type StackEvent, startStack } from './stack.ts';
import { readState, writeState } from './state.ts';

let dir: string;
let events: StackEvent[];
const stacks: Stack[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'obstack-stack-'));
  events = [];
});
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.stop();
  rmSync(dir, { recursive: true, force: true });
});

const serve = `
  const server = require('node:http').createServer((_, reply) => reply.end(process.env.LOKI_URL));
  server.listen(Number(process.env.PORT), '127.0.0.1');`;

/** A part which answers on its port with the LOKI_URL it was given. */
function fake(name: PartName, usual: number, after: PartName[] = [], code = serve): Part {
  return {
    name,
    ports: { ...realParts.find((part) => part.name === name)?.ports, http: usual },
    after,
    command: (context) => ({
      file: process.execPath,
      args: ['-e', code],
      env: { PORT: String(context.port(name)), LOKI_URL: context.env['LOKI_URL'] ?? '' },
    }),
    ready: (context) => `http://127.0.0.1:${context.port(name)}/`,
  };
}

/** The fakes, and the real parts as ones that cannot run here: their addresses are asked for all the same. */
function table(...fakes: Part[]): Part[] {
  const others = realParts.filter(({ name }) => !fakes.some((part) => part.name === name));
  return [...fakes, ...others.map((part) => ({ ...part, missing: () => 'not in this test' }))];
}

async function start(fakes: Part[], options: Partial<Parameters<typeof startStack>[0]> = {}): Promise<Stack> {
  const onProgress = (event: StackEvent) => events.push(event);
  const stack = await startStack({ dir, ports: 'free', table: table(...fakes), onProgress, ...options });
  stacks.push(stack);
  return stack;
}

const notes = () => events.flatMap((event) => (event.type === 'note' ? [event.text] : []));

describe('startStack', () => {
  it('leaves optional parts out unless they are named', async () => {
    const optional = { ...fake('loki', 0), optional: 'loki' };
    const plain = await start([fake('proxy', 0), optional]);
    expect(plain.parts).toEqual(['proxy']);
    await plain.stop();
    const named = await start([fake('proxy', 0), optional], { parts: ['proxy', 'loki'] });
    expect([...named.parts].sort()).toEqual(['loki', 'proxy']);
  });

  it('starts a part when those before it are ready, ends it before them, and hands out the addresses', async () => {
    const stack = await start([fake('proxy', 0, ['loki']), fake('loki', 0)]);
    const order = () =>
      events.flatMap((event) => (event.type === 'part' ? [`${event.part} ${event.event.state}`] : []));
    expect(order()).toEqual(['loki starting', 'loki ready', 'proxy starting', 'proxy ready']);
    expect(await (await fetch(stack.urls.proxy)).text()).toBe(stack.urls.loki);
    await stack.stop();
    expect(order().slice(4)).toEqual(['proxy stopped', 'loki stopped']);
    await expect(fetch(stack.urls.loki)).rejects.toThrow();
  });

  it('keeps its ports over a restart, and gives way when one was taken meanwhile', async () => {
    const first = await start([fake('loki', 0)]);
    const { loki } = first.urls;
    await first.stop();
    const second = await start([fake('loki', 0)]);
    expect(second.urls.loki).toBe(loki);
    await second.stop();
    const stranger = createServer().listen(Number(new URL(loki).port), '127.0.0.1');
    await once(stranger, 'listening');
    const third = await start([fake('loki', 0)]);
    expect(third.urls.loki).not.toBe(loki);
    stranger.close();
  });

  it('says so when a usual port is taken', async () => {
    const stranger = createServer().listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    const stack = await start([fake('loki', port)], { ports: 'default' });
    expect(notes()).toContain(
      `port ${port} is taken: loki listens on ${new URL(stack.urls.loki).port} instead`,
    );
    stranger.close();
  });

  it('refuses a second one in the same folder and points at the first', async () => {
    const stack = await start([fake('proxy', 0)]);
    await expect(start([fake('proxy', 0)])).rejects.toThrow(
      new RegExp(`running in .* already \\(pid ${process.pid}\\); its proxy is at ${stack.urls.proxy}`),
    );
    await stack.stop();
    await start([fake('proxy', 0)]);
  });

  it('leaves nothing running when one part does not come up', async () => {
    const pids: number[] = [];
    const onProgress = (event: StackEvent) => {
      if (event.type === 'part' && event.event.state === 'starting') pids.push(event.event.identity.pid);
    };
    const broken = fake('proxy', 0, ['loki'], `console.error('no such flag'); process.exit(2)`);
    await expect(start([fake('loki', 0), broken], { onProgress })).rejects.toThrow('no such flag');
    expect(pids).toHaveLength(2);
    expect(pids.filter((pid) => identify(pid))).toEqual([]);
    await start([fake('loki', 0)]); // and the folder is free again
  });

  it('ends the rest when some parts are not ended in good order, and names those', async () => {
    const pids: number[] = [];
    const onProgress = (event: StackEvent) => {
      if (event.type !== 'part') return;
      if (event.event.state === 'starting') pids.push(event.event.identity.pid);
      if (event.event.state === 'stopped' && event.part !== 'loki') throw new Error('no room on the disk');
    };
    const parts = table(
      fake('proxy', 0, ['control-plane']),
      fake('control-plane', 0, ['loki']),
      fake('loki', 0),
    );
    const stack = await startStack({ dir, ports: 'free', table: parts, onProgress });
    try {
      await expect(stack.stop()).rejects.toThrow(
        /proxy was not ended .*no room.*; control-plane was not ended/,
      );
      expect(pids).toHaveLength(3);
      expect(pids.filter((pid) => identify(pid))).toEqual([]);
      await start([fake('loki', 0)]); // and the folder is free again
    } finally {
      // A part left running would be watched, and hold this test run, for ever.
      await Promise.allSettled(stack.parts.map((part) => stack.kill(part)));
    }
  });

  it('can be interrupted while starting', async () => {
    const controller = new AbortController();
    const onProgress = (event: StackEvent) => {
      if (event.type === 'part' && event.event.state === 'starting') controller.abort();
    };
    const slow = fake('loki', 0, [], 'setInterval(() => {}, 1000)');
    await expect(start([slow], { onProgress, signal: controller.signal })).rejects.toThrow();
    expect(readState(dir).supervisor).toBeUndefined();
  });

  it('brings back a part that dies, but not one that was killed on purpose', async () => {
    const stack = await start([fake('loki', 0)]);
    process.kill(stack.pid('loki') as number, 'SIGKILL');
    const back = () =>
      events.filter((event) => event.type === 'part' && event.event.state === 'ready').length === 2;
    while (!back()) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await fetch(stack.urls.loki)).ok).toBe(true);
    await stack.kill('loki');
    await expect(fetch(stack.urls.loki)).rejects.toThrow();
    await stack.start('loki');
    expect((await fetch(stack.urls.loki)).ok).toBe(true);
  });

  it('ends what a killed supervisor left behind, and nothing else', async () => {
    const stack = await start([fake('loki', 0)]);
    const state = readState(dir);
    const orphan = state.processes['loki'];
    const stranger = identify(process.pid);
    if (!orphan || !stranger) throw new Error('no process recorded');
    // As after a SIGKILL of the supervisor, with a pid that now belongs to somebody else: to this test.
    writeState(dir, { ...state, processes: { loki: orphan, tempo: { ...stranger, startedAt: 'long ago' } } });
    expect(await cleanUpLeftovers(dir)).toEqual(['loki']);
    expect(isAlive(orphan)).toBe(false);
    expect(readState(dir).ports).toEqual(state.ports);
    await stack.stop();
  });

  it('leaves out what cannot run here and says why', async () => {
    const stack = await start([
      fake('loki', 0),
      { ...fake('grafana', 0), missing: () => 'set GRAFANA_HOME' },
    ]);
    expect(stack.parts).toEqual(['loki']);
    expect(notes()).toContain('grafana is left out: set GRAFANA_HOME');
  });

  it('names a part that does not exist', async () => {
    await expect(start([fake('loki', 0)], { parts: ['lokki' as PartName] })).rejects.toThrow(
      'no part "lokki"',
    );
  });

  it('points what is left out at an address where nobody answers', async () => {
    const stack = await start([fake('proxy', 0)]);
    await expect(fetch(stack.env['TEMPO_URL'] as string)).rejects.toThrow();
  });

  it('keeps secrets and state to the user', async () => {
    await start([fake('loki', 0)]);
    const mode = (...path: string[]) => statSync(join(dir, ...path)).mode & 0o777;
    expect(mode('state.json')).toBe(0o600);
    expect(mode('secrets', 'internal-token')).toBe(0o600);
    expect(mode('logs', 'loki.log')).toBe(0o600);
    expect([mode('secrets'), mode('logs')]).toEqual([0o700, 0o700]);
    expect(readFileSync(join(dir, 'secrets', 'internal-token'), 'utf8').trim()).toMatch(/^[0-9a-f]{48}$/);
  });
});

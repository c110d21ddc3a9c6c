import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type HeldPort, holdPort } from './ports.ts';

const open: { release(): unknown }[] = [];
const before = process.env['OBSTACK_FREE_PORTS'];
afterEach(async () => {
  if (before === undefined) delete process.env['OBSTACK_FREE_PORTS'];
  else process.env['OBSTACK_FREE_PORTS'] = before;
  for (const held of open.splice(0)) await held.release();
});

async function hold(wanted: number[]): Promise<HeldPort> {
  const held = await holdPort(wanted);
  open.push(held);
  return held;
}

async function listen(host: string): Promise<number> {
  const server: Server = createServer().listen(0, host);
  await once(server, 'listening');
  open.push({ release: () => server.close() });
  return (server.address() as AddressInfo).port;
}

describe('holdPort', () => {
  it('takes the first wanted port that is free', async () => {
    const { port } = await hold([]);
    await open.pop()?.release();
    expect((await hold([port, port + 1])).port).toBe(port);
  });

  it.each(['127.0.0.1', '0.0.0.0'])('passes over a port somebody listens on at %s', async (host) => {
    const taken = await listen(host);
    const { port } = await hold([taken]);
    expect(port).not.toBe(taken);
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768); // never one the system hands out for outgoing connections
  });

  it('takes a port of the range it is given', async () => {
    process.env['OBSTACK_FREE_PORTS'] = '31998-31999';
    const [one, other] = [await hold([]), await hold([])];
    expect([one.port, other.port].sort()).toEqual([31_998, 31_999]);
    await expect(hold([])).rejects.toThrow('no free port from 31998 to 31999');
  });

  it.each(['1-2000', '30000-20000', '20000', '60000-70000', 'x'])('refuses %s as a range', async (range) => {
    process.env['OBSTACK_FREE_PORTS'] = range;
    await expect(hold([])).rejects.toThrow(`OBSTACK_FREE_PORTS=${range} is not a range of ports`);
  });

  it('gives a held port to nobody else, and a released one at once', async () => {
    const first = await hold([]);
    expect((await hold([first.port])).port).not.toBe(first.port);
    await first.release();
    const server = createServer().listen(first.port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });
});

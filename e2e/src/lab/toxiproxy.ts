// A real toxiproxy (https://github.com/Shopify/toxiproxy) between us and a store: connections that are slow, reset, or
// taken and never answered.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { ensureBinary } from '@obstack/native';
import { until } from './until.ts';

/** `timeout` 0 is a black hole: what is sent is swallowed, and nothing comes back. */
export type Toxic =
  | { readonly type: 'latency'; readonly attributes: { latency: number } }
  | { readonly type: 'reset_peer'; readonly attributes: { timeout: number } }
  | { readonly type: 'timeout'; readonly attributes: { timeout: number } };

export interface Toxiproxy {
  /** Where `upstreamUrl` can be reached through it. */
  before(upstreamUrl: string): Promise<PoisonedStore>;
  close(): Promise<void>;
}

export interface PoisonedStore {
  readonly url: string;
  /** For connections that are open as well as for new ones; replaces what was there. */
  poison(toxic: Toxic): Promise<void>;
  heal(): Promise<void>;
}

export async function startToxiproxy(): Promise<Toxiproxy> {
  const program = await ensureBinary('toxiproxy');
  const port = await freePort();
  const child = spawn(program, ['-host', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!reply.ok)
      throw new Error(`toxiproxy: ${method} ${path} answered ${reply.status}: ${await reply.text()}`);
    return reply.status === 204 ? undefined : reply.json();
  };
  await until('toxiproxy answers', () => call('GET', '/proxies').then(() => true));
  let made = 0;
  return {
    async before(upstreamUrl) {
      const name = `store-${++made}`;
      const { host } = new URL(upstreamUrl);
      const { listen } = (await call('POST', '/proxies', {
        name,
        listen: '127.0.0.1:0',
        upstream: host,
      })) as {
        listen: string;
      };
      let active: string | undefined;
      const heal = async (): Promise<void> => {
        if (active !== undefined) await call('DELETE', `/proxies/${name}/toxics/${active}`);
        active = undefined;
      };
      return {
        url: `http://${listen}`,
        async poison(toxic) {
          await heal();
          await call('POST', `/proxies/${name}/toxics`, { name: toxic.type, ...toxic });
          active = toxic.type;
        },
        heal,
      };
    },
    async close() {
      child.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

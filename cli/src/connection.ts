/** Where the API is and who is calling it: options, environment, a login, or the demo of this checkout. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Client, createClient } from '@obstack/contracts/client';
import { z } from 'zod';
import { CliError } from './report.ts';
import { readSession, type Session } from './session.ts';
import { keepingAlive } from './keep-alive.ts';

export interface Connection {
  api: Client;
  url: string;
  urlFrom: string;
  /** Undefined when nobody has signed in. */
  tokenFrom: string | undefined;
}

const DEFAULT_URL = 'http://127.0.0.1:8081';

/** As much of `.obstack/demo.json` as matters here. */
const Demo = z.object({ controlPlaneUrl: z.url(), operator: z.object({ token: z.string() }) });
type Demo = z.infer<typeof Demo>;

/**
 * The address: `--url`, OBSTACK_URL, the one signed in to last, the running demo's. The token: OBSTACK_TOKEN, then what
 * the login at that address, or the demo at that address, left behind. A token goes to no address but its own.
 */
export async function connect(given: { url?: string | undefined }, env = process.env): Promise<Connection> {
  const session = await readSession(env);
  const demo = await findDemo(env);
  const { url, urlFrom } = addressOf(given.url, env, session, demo);

  const token = env['OBSTACK_TOKEN'];
  if (token) return { api: createClient({ baseUrl: url, token }), url, urlFrom, tokenFrom: 'OBSTACK_TOKEN' };
  if (session?.url === url) {
    const api = createClient({ baseUrl: url, fetch: keepingAlive(session, env) });
    return { api, url, urlFrom, tokenFrom: 'obstack login' };
  }
  if (demo && sameOrigin(demo.file.controlPlaneUrl, url)) {
    const api = createClient({ baseUrl: url, token: demo.file.operator.token });
    return { api, url, urlFrom, tokenFrom: demo.path };
  }
  return { api: createClient({ baseUrl: url }), url, urlFrom, tokenFrom: undefined };
}

function addressOf(
  option: string | undefined,
  env: NodeJS.ProcessEnv,
  session: Session | undefined,
  demo: { path: string; file: Demo } | undefined,
): { url: string; urlFrom: string } {
  if (option !== undefined) return { url: checked(option, '--url'), urlFrom: '--url' };
  const set = env['OBSTACK_URL'];
  if (set) return { url: checked(set, 'OBSTACK_URL'), urlFrom: 'OBSTACK_URL' };
  if (session) return { url: session.url, urlFrom: 'obstack login' };
  if (demo) return { url: checked(demo.file.controlPlaneUrl, demo.path), urlFrom: demo.path };
  return { url: DEFAULT_URL, urlFrom: 'the default' };
}

function checked(text: string, from: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url.href.replace(/\/$/, '');
  throw new CliError(`${from} is no address of an API; write it as ${DEFAULT_URL}`);
}

const sameOrigin = (a: string, b: string) => URL.parse(a)?.origin === URL.parse(b)?.origin;

/** In this folder or the nearest one above it, as git looks for its own; or where OBSTACK_DIR says. */
async function findDemo(env: NodeJS.ProcessEnv): Promise<{ path: string; file: Demo } | undefined> {
  const set = env['OBSTACK_DIR'];
  if (set) return readDemo(join(set, 'demo.json'));
  for (let dir = process.cwd(); ; dir = dirname(dir)) {
    const found = await readDemo(join(dir, '.obstack', 'demo.json'));
    if (found || dir === dirname(dir)) return found;
  }
}

async function readDemo(path: string): Promise<{ path: string; file: Demo } | undefined> {
  try {
    return { path, file: Demo.parse(JSON.parse(await readFile(path, 'utf8'))) };
  } catch {
    return undefined;
  }
}

/** Sends the token of a login along, and exchanges it for a new one before it runs out. */
import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { REFRESH_COOKIE } from '@obstack/contracts';
import { createClient } from '@obstack/contracts/client';
import { readSession, type Session, sessionFile, writeSession } from './session.ts';

/** Earlier than it must be, for clocks that differ and calls that take their time. */
const MARGIN_MS = 30_000;
/** A process that took this long over a renewal has died over it. */
const ABANDONED_MS = 10_000;

export function keepingAlive(session: Session, env: NodeJS.ProcessEnv): typeof fetch {
  let current = session;
  return async (input, init) => {
    current = await renewed(current, env);
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${current.token}`);
    return fetch(input, { ...init, headers });
  };
}

const isFresh = ({ renewal }: Session) => !renewal || renewal.expiresAtMs > Date.now() + MARGIN_MS;

/** A refresh token works once, and its second use ends the session: so of several processes one asks, and the others wait. */
async function renewed(session: Session, env: NodeJS.ProcessEnv): Promise<Session> {
  if (isFresh(session)) return session;
  const release = await lock(`${sessionFile(env)}.lock`);
  try {
    const latest = (await readSession(env)) ?? session;
    if (latest.url !== session.url || isFresh(latest)) return latest.url === session.url ? latest : session;
    const next = await renew(latest);
    await writeSession(env, next);
    return next;
  } finally {
    await release();
  }
}

async function renew({ url, renewal }: Session): Promise<Session> {
  const cookie = `${REFRESH_COOKIE}=${renewal?.refreshToken ?? ''}`;
  return signedIn(url, (api) => api.refresh(), { cookie, 'sec-fetch-site': 'none' });
}

/** The session that a call of the `auth` endpoints opens: half of it is in the answer, half in a cookie. */
export async function signedIn(
  url: string,
  call: (api: ReturnType<typeof createClient>) => Promise<{ access_token: string; expires_in: number }>,
  headers: Record<string, string> = {},
): Promise<Session> {
  let refreshToken: string | undefined;
  const api = createClient({
    baseUrl: url,
    fetch: async (input, init) => {
      const all = new Headers(init?.headers);
      for (const [name, value] of Object.entries(headers)) all.set(name, value);
      const response = await fetch(input, { ...init, headers: all });
      refreshToken = response.headers.getSetCookie().flatMap(refreshTokenIn).at(-1);
      return response;
    },
  });
  const { access_token, expires_in } = await call(api);
  return {
    url,
    token: access_token,
    ...(refreshToken !== undefined && {
      renewal: { expiresAtMs: Date.now() + expires_in * 1000, refreshToken },
    }),
  };
}

function refreshTokenIn(cookie: string): string[] {
  const value = new RegExp(`^${REFRESH_COOKIE}=([^;]+)`).exec(cookie)?.[1];
  return value === undefined ? [] : [value];
}

async function lock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await (await open(path, 'wx', 0o600)).close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const since = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (Date.now() - since > ABANDONED_MS) await rm(path, { force: true });
    else await delay(50);
  }
}

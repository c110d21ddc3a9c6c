import { once } from 'node:events';
import { setImmediate as immediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import type { IncomingMessage } from 'node:http';
import { credentialOf, startTestProxy, TENANT } from '../../test/query/testing.ts';
import type { TestProxy } from '../../test/query/testing.ts';

const shortToken = credentialOf('query-token', 'short');
const metricsToken = credentialOf('query-token', 'metrics');
const revokedToken = credentialOf('query-token', 'revoked');
const lostToken = credentialOf('query-token', 'lost');
const changedToken = credentialOf('query-token', 'changed');
const common = { id: 'AbCdEfGhIjKl', kind: 'query-token', tenantId: TENANT, expiresAt: null } as const;
const QUERY = `query=${encodeURIComponent('{app="a"}')}`;

let proxy: TestProxy;
let loki: WebSocketServer;

beforeAll(async () => {
  proxy = await startTestProxy({
    credentials: {
      [shortToken]: { ...common, signals: ['logs'] },
      [metricsToken]: { ...common, signals: ['metrics'] },
      [revokedToken]: { ...common, signals: ['logs'] },
      [lostToken]: { ...common, signals: ['logs'] },
      [changedToken]: { ...common, signals: ['logs'] },
    },
  });
  loki = new WebSocketServer({ server: proxy.upstream });
});
afterEach(() => {
  loki.removeAllListeners('connection');
  for (const client of loki.clients) client.terminate();
});
afterAll(async () => {
  loki.close();
  await proxy.close();
});

interface Tail {
  readonly client: WebSocket;
  /** The store's end of it. */
  readonly store: WebSocket;
  readonly asked: IncomingMessage;
  readonly closed: Promise<[code: number, reason: string]>;
}

async function tail(
  params = QUERY,
  token = proxy.token,
  headers: Record<string, string> = {},
): Promise<Tail> {
  const connected = once(loki, 'connection') as Promise<[WebSocket, IncomingMessage]>;
  const client = open(params, { authorization: `Bearer ${token}`, ...headers });
  const closed = once(client, 'close').then(([code, reason]): [number, string] => [
    code as number,
    String(reason),
  ]);
  closed.catch(() => undefined); // A tail that never opened is reported by the next line.
  await once(client, 'open');
  const [store, asked] = await connected;
  return { client, store, asked, closed };
}

/** A tail whose credential ends soon, and not before the tail is open, however busy the machine is. */
async function tailEndingSoon(tokenFor: (seconds: number) => string | Promise<string>): Promise<Tail> {
  for (let seconds = 1; seconds < 60; seconds *= 2) {
    const token = await tokenFor(seconds);
    const opened = await tail(QUERY, token).catch((error: unknown) => {
      if (!String(error).includes('401')) throw error;
    });
    if (opened) return opened;
  }
  throw new Error('no tail could be opened within a minute');
}

const open = (params: string, headers: Record<string, string>): WebSocket =>
  new WebSocket(`${proxy.url.replace('http', 'ws')}/loki/api/v1/tail?${params}`, { headers });

/** The status with which an upgrade is refused. */
async function refusedWith(params: string, headers: Record<string, string>): Promise<[number, string]> {
  const client = open(params, headers);
  const [, reply] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage];
  let body = '';
  for await (const chunk of reply.setEncoding('utf8')) body += String(chunk);
  return [reply.statusCode ?? 0, body];
}

describe('a tail', () => {
  it('is enforced, and carries the storage tenant and nothing of the client', async () => {
    const { asked, client } = await tail(`${QUERY}&limit=10&delay_for=1`, proxy.token, {
      'X-Scope-OrgID': 'other',
      Cookie: 'a=b',
      'X-Loki-Response-Encoding-Flags': 'categorize-labels',
    });
    const url = new URL(asked.url ?? '', 'http://store');
    expect(url.pathname).toBe('/loki/api/v1/tail');
    expect([...url.searchParams]).toEqual([
      ['query', `{tenant_id="${TENANT}",app="a"}`],
      ['limit', '10'],
      ['delay_for', '1'],
    ]);
    expect(asked.headers).toMatchObject({
      'x-scope-orgid': TENANT,
      'x-loki-response-encoding-flags': 'categorize-labels',
    });
    expect(asked.headers).not.toHaveProperty('cookie');
    expect(asked.headers).not.toHaveProperty('authorization');
    client.terminate();
  });

  it('passes on every message, text as text', async () => {
    const { client, store } = await tail();
    const got: unknown[] = [];
    client.on('message', (data: Buffer, binary) => got.push([String(data), binary]));
    for (let i = 0; i < 100; i++) store.send(`{"streams":[${i}]}`);
    store.send('last');
    while (got.length < 101) await once(client, 'message');
    expect(got[0]).toEqual(['{"streams":[0]}', false]);
    expect(got[100]).toEqual(['last', false]);
    client.terminate();
  });

  it('lets Loki go when the client leaves', async () => {
    const { client, store } = await tail();
    client.terminate();
    await once(store, 'close');
  });

  it('says so when Loki ends it, and why', async () => {
    const { store, closed } = await tail();
    store.close(1011, 'ingester gone');
    expect(await closed).toEqual([1011, 'Loki ended the tail: ingester gone']);
  });

  it('says so in the words that fit into a close frame', async () => {
    const { store, closed } = await tail();
    // 119 bytes, of which three are cut off with the last character.
    store.close(1011, `${'ä'.repeat(49)}${'€'.repeat(7)}`);
    const [code, reason] = await closed;
    expect([code, Buffer.byteLength(reason)]).toEqual([1011, 122]);
    expect(reason).toMatch(/^Loki ended the tail: ä{49}€$/);
  });

  it('says so when Loki dies', async () => {
    const { store, closed } = await tail();
    store.terminate();
    expect(await closed).toEqual([1014, 'Loki is gone']);
  });

  it('ends when the credential is revoked (class 22)', async () => {
    const { closed, store } = await tail(QUERY, revokedToken);
    const gone = once(store, 'close');
    proxy.revoke(revokedToken);
    expect(await closed).toEqual([1008, 'the credential was revoked']);
    await gone;
  });

  it('ends when the credential expires (class 22)', async () => {
    let expiresAt = '';
    const { closed } = await tailEndingSoon((seconds) => {
      expiresAt = new Date(Date.now() + seconds * 1_000).toISOString();
      proxy.regrant(shortToken, { expiresAt });
      return shortToken;
    });
    expect(await closed).toEqual([1008, 'the credential has expired']);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
  });

  it('does not hold more than a little for a client that does not read', async () => {
    const { client, store } = await tail();
    client.pause();
    const chunk = 'x'.repeat(256 * 1024);
    let sent = 0;
    // What does not fit waits with Loki, which drops lines rather than grow.
    while (store.bufferedAmount < 4 * 1024 * 1024 && sent < 400) {
      store.send(chunk);
      sent += 1;
      await immediate();
    }
    expect(sent).toBeLessThan(400);
    let received = 0;
    client.on('message', () => (received += 1));
    client.resume();
    while (received < sent) await once(client, 'message');
    client.terminate();
  });

  it('takes nothing large from a client', async () => {
    const { client, closed } = await tail();
    client.send('x'.repeat(10_000));
    expect(await closed).toEqual([1009, expect.anything()]);
  });
});

describe('an upgrade', () => {
  const mine = (): Record<string, string> => ({ authorization: `Bearer ${proxy.token}` });

  it.each([
    ['nobody', QUERY, {}, 401],
    ['an unknown credential', QUERY, { 'x-api-key': credentialOf('query-token', 'nobody') }, 401],
    ['a token for metrics', QUERY, { 'x-api-key': metricsToken }, 403],
    ['two credentials', QUERY, { 'x-api-key': metricsToken, authorization: `Bearer ${shortToken}` }, 400],
  ])('is refused to %s', async (_who, params, headers, status) => {
    expect(await refusedWith(params, headers)).toEqual([status, expect.stringContaining('urn:obstack')]);
    expect(loki.clients.size).toBe(0);
  });

  it.each([
    ['no query', ''],
    ['a query that does not parse', 'query=%7Ba'],
    ['a repeated query', `${QUERY}&${QUERY}`],
    ['an unlisted parameter', `${QUERY}&regexp=.*`],
    ['a malformed parameter', `${QUERY}&delay_for=x`],
    ['bad encoding', 'query=%zz'],
  ])('is refused with %s', async (_what, params) => {
    expect(await refusedWith(params, mine())).toEqual([400, expect.stringContaining('"message"')]);
    expect(loki.clients.size).toBe(0);
  });

  it('is not there on any other path', async () => {
    const client = new WebSocket(`${proxy.url.replace('http', 'ws')}/loki/api/v1/query?${QUERY}`, {
      headers: mine(),
    });
    // A query, answered as one: nothing is upgraded.
    const [, reply] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(reply.statusCode).toBe(200);
    reply.destroy();
  });

  it('is refused to who loses the credential while Loki is asked', async () => {
    let answer = (_ok: boolean): void => undefined;
    const asked = new Promise<void>((resolve) => {
      loki.options.verifyClient = (_info: unknown, done: (ok: boolean) => void) => {
        answer = done;
        resolve();
      };
    });
    try {
      const refused = refusedWith(QUERY, { authorization: `Bearer ${lostToken}` });
      await asked;
      proxy.revoke(lostToken);
      expect(await refused).toEqual([401, expect.stringContaining('the credential was revoked')]);
    } finally {
      delete loki.options.verifyClient;
      answer(false);
    }
  });

  it('carries Loki’s own refusal', async () => {
    loki.options.verifyClient = (_info: unknown, done: (ok: boolean, code: number, text: string) => void) =>
      done(false, 400, 'max concurrent tail requests limit exceeded');
    try {
      expect(await refusedWith(QUERY, mine())).toEqual([400, expect.stringContaining('limit exceeded')]);
    } finally {
      delete loki.options.verifyClient;
    }
  });
});

describe('without Loki', () => {
  it('an upgrade is refused with 502', async () => {
    const alone = await startTestProxy({ storeUrls: { loki: 'http://127.0.0.1:1' } });
    const client = new WebSocket(`${alone.url.replace('http', 'ws')}/loki/api/v1/tail?${QUERY}`, {
      headers: { authorization: `Bearer ${alone.token}` },
    });
    const [, reply] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(reply.statusCode).toBe(502);
    reply.destroy();
    await alone.close();
  });

  it('every tail ends when the proxy stops', async () => {
    const alone = await startTestProxy();
    const server = new WebSocketServer({ server: alone.upstream });
    const client = new WebSocket(`${alone.url.replace('http', 'ws')}/loki/api/v1/tail?${QUERY}`, {
      headers: { authorization: `Bearer ${alone.token}` },
    });
    await once(client, 'open');
    const closed = once(client, 'close');
    server.close();
    await alone.close();
    expect((await closed)[0]).toBe(1001);
  });
});

describe('a tail whose reader may not read any more', () => {
  it('ends when a person loses the permission, and not when they lose another', async () => {
    const token = await proxy.signIn({ permissions: ['logs:read', 'traces:read'] });
    const { closed } = await tail(QUERY, token);
    proxy.changePermissions(token, ['logs:read']);
    expect(await Promise.race([closed, immediate('open')])).toBe('open');
    proxy.changePermissions(token, ['traces:read']);
    expect(await closed).toEqual([1008, 'logs:read was taken away']);
  });

  it('ends with the session', async () => {
    const token = await proxy.signIn({ permissions: ['logs:read'] });
    const { closed } = await tail(QUERY, token);
    proxy.changePermissions(token, undefined);
    expect(await closed).toEqual([1008, 'the sign-in is over']);
  });

  it('ends with the token', async () => {
    const { closed } = await tailEndingSoon((lifetimeSeconds) =>
      proxy.signIn({ permissions: ['logs:read'], lifetimeSeconds }),
    );
    expect(await closed).toEqual([1008, 'the credential has expired']);
  });

  it('ends when a token loses the signal, and when its end is brought forward', async () => {
    const first = await tail(QUERY, changedToken);
    proxy.regrant(changedToken, { signals: ['metrics'] });
    expect(await first.closed).toEqual([1008, 'the credential may not query logs any more']);
    proxy.regrant(changedToken, { signals: ['logs'] });
    const second = await tail(QUERY, changedToken);
    proxy.regrant(changedToken, { expiresAt: new Date(Date.now() + 200).toISOString() });
    expect(await second.closed).toEqual([1008, 'the credential has expired']);
  });
});

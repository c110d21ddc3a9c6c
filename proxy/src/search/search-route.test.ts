import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { credentialOf, startTestProxy, TENANT } from '../../test/query/testing.ts';
import type { TestProxy } from '../../test/query/testing.ts';
import {
  answerAsStore,
  askSearch,
  body,
  FROM,
  hitsOf,
  linesOf,
  statusesOf,
  TO,
} from '../../test/search/testing.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function start(options: Parameters<typeof startTestProxy>[0] = {}): Promise<TestProxy> {
  const proxy = await startTestProxy(options);
  proxy.answerWith(answerAsStore);
  open.push(proxy);
  return proxy;
}

async function startStore(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function until(what: string, check: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5_000; !check();) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('POST /api/v1/search', () => {
  it('answers in lines: hits, counts and a status of each source, and that it is done', async () => {
    const proxy = await start();
    const answer = await askSearch(proxy, body('checkout', { limit: 2 }));
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    const lines = linesOf(answer);
    expect(statusesOf(lines)).toEqual({ loki: 'ok', tempo: 'ok', prometheus: 'ok' });
    expect(lines.filter(({ type }) => type === 'histogram')).toHaveLength(3);
    expect(lines.filter(({ type }) => type === 'facets')).toHaveLength(3);
    expect(
      hitsOf(lines)
        .map(({ signal }) => signal)
        .sort(),
    ).toEqual([...['logs', 'logs', 'metrics', 'metrics', 'traces', 'traces']]);
    expect(lines.at(-1)).toMatchObject({ type: 'done', next: expect.any(String) });
  });

  it.each([
    ['not JSON', '{', 'body'],
    ['an unknown field', body('', { ['limt' as never]: 3 as never }), 'body'],
    ['no query', '{}', 'query'],
    ['a range that ends before it begins', body('', { from: TO, to: FROM }), 'to'],
    ['a time that is none', body('', { from: 'now' }), 'from'],
    ['too large a limit', body('', { limit: 1e6 }), 'limit'],
    ['a cursor of nobody', body('', { cursor: 'e30' }), 'cursor'],
    ['signals that the query leaves nothing of', body('signal:logs', { signals: ['traces'] }), 'query'],
    ['a query that is not understood', body('servce:a'), 'query'],
  ])('refuses %s, and says where', async (_, text, location) => {
    const proxy = await start();
    const answer = await askSearch(proxy, text);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ location, message: expect.any(String) }] });
    expect(proxy.recorded).toEqual([]);
  });

  it('says at which character a query is not understood, and what to write', async () => {
    const proxy = await start();
    const { text } = await askSearch(proxy, body('a\n lvel:error'));
    expect(JSON.parse(text)).toMatchObject({
      errors: [{ fix: expect.stringContaining('level:'), position: { offset: 3, line: 2, column: 2 } }],
    });
  });

  it('refuses parameters in the URL, other types and compressed bodies', async () => {
    const proxy = await start();
    expect((await askSearch(proxy, body(''), { path: '/api/v1/search?query=x' })).status).toBe(400);
    const send = (...headers: string[]) =>
      proxy.ask('/api/v1/search', { method: 'POST', headers, body: body('') });
    expect((await send('content-type', 'text/plain')).status).toBe(415);
    expect((await send('content-type', 'application/json', 'content-encoding', 'gzip')).status).toBe(415);
  });

  it('says not-allowed for the signals that a token may not read, and answers the rest', async () => {
    const token = credentialOf('query-token', 'logsonly');
    const proxy = await start({
      credentials: {
        [token]: {
          id: 'AbCdEfGhIjKl',
          kind: 'query-token',
          tenantId: TENANT,
          signals: ['logs'],
          expiresAt: null,
        },
      },
    });
    const lines = linesOf(await askSearch(proxy, body(''), { token }));
    expect(statusesOf(lines)).toEqual({ loki: 'ok', tempo: 'not-allowed', prometheus: 'not-allowed' });
    expect(new Set(proxy.recorded.map(({ path }) => path))).toEqual(new Set(['/loki/api/v1/query_range']));
    expect((await askSearch(proxy, body('', { signals: ['traces'] }), { token })).status).toBe(403);
  });

  it('asks the permission of a person per signal', async () => {
    const proxy = await start();
    const token = await proxy.signIn({ permissions: ['logs:read', 'metrics:read'] });
    const lines = linesOf(await askSearch(proxy, body(''), { token }));
    expect(statusesOf(lines)).toEqual({ loki: 'ok', tempo: 'not-allowed', prometheus: 'ok' });
    expect(hitsOf(lines).some(({ signal }) => signal === 'traces')).toBe(false);
  });

  it('does not know anybody without a credential', async () => {
    const proxy = await start();
    const headers = ['content-type', 'application/json'];
    const ask = (more: object) =>
      proxy.ask('/api/v1/search', { method: 'POST', headers, body: body(''), ...more });
    expect((await ask({ anonymous: true })).status).toBe(401);
    expect((await askSearch(proxy, body(''), { token: 'nonsense' })).status).toBe(401);
  });

  it('says not-configured only for what was asked for by name', async () => {
    const proxy = await start();
    const lines = linesOf(await askSearch(proxy, body('source:opensearch source:loki x')));
    expect(statusesOf(lines)).toEqual({ opensearch: 'not-configured', loki: 'ok' });
  });

  it.each<[string, RequestListener, string, string]>([
    ['stalls', () => undefined, 'timed-out', 'no answer within 300 ms'],
    ['resets', (request) => request.socket.destroy(), 'failed', 'cannot be reached'],
    ['breaks off', (_, response) => void response.writeHead(200).write('{'), 'timed-out', '300 ms'],
    [
      'refuses',
      (_, response) => void response.writeHead(500).end('too\nmuch'),
      'failed',
      'answered 500: too much',
    ],
    ['babbles', (_, response) => void response.end('<html>'), 'failed', 'not JSON'],
    [
      'answers something else',
      (_, response) => void response.end('{"traces":7}'),
      'failed',
      'not understood',
    ],
  ])(
    'says why a store is missing that %s, and lets nobody wait for it',
    async (_, listener, status, reason) => {
      const { url } = await startStore(listener);
      const proxy = await start({ storeUrls: { tempo: url }, sourceTimeoutMs: 300 });
      const lines = linesOf(await askSearch(proxy, body('')));
      expect(statusesOf(lines)).toEqual({ loki: 'ok', prometheus: 'ok', tempo: status });
      expect(lines.find((line) => line.type === 'source' && line.source === 'tempo')).toMatchObject({
        reason: expect.stringContaining(reason),
      });
      // It is asked again on the next page.
      expect(lines.at(-1)).toMatchObject({ next: expect.any(String) });
    },
  );

  it('hands on what one source has found while another has not answered', async () => {
    const { url } = await startStore(() => undefined);
    const proxy = await start({ storeUrls: { tempo: url } });
    const request = httpRequest(`${proxy.url}/api/v1/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${proxy.token}`, 'content-type': 'application/json' },
    });
    request.on('error', () => undefined).end(body(''));
    let text = '';
    request.on('response', (response) =>
      response.on('error', () => undefined).on('data', (chunk) => (text += String(chunk))),
    );
    await until('the others are through', () => text.split('"type":"source"').length === 3);
    expect(text).not.toContain('"type":"done"');
    request.destroy();
  });

  it('ends what it asked of the stores when the client leaves', async () => {
    let underWay = 0;
    let arrived = 0;
    const { url } = await startStore((_, response) => {
      underWay += 1;
      arrived += 1;
      response.on('close', () => (underWay -= 1));
    });
    const proxy = await start({ storeUrls: { tempo: url, loki: url, prometheus: url } });
    const request = httpRequest(`${proxy.url}/api/v1/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${proxy.token}`, 'content-type': 'application/json' },
    });
    request.on('error', () => undefined).end(body(''));
    await until('all three are asked', () => arrived === 3);
    request.destroy();
    await until('none is asked any more', () => underWay === 0);
  });

  it('refuses a cursor of another query, range or tenant', async () => {
    const proxy = await start();
    const done = linesOf(await askSearch(proxy, body('a', { limit: 1 }))).at(-1);
    const cursor = (done?.type === 'done' && done.next) || '';
    expect((await askSearch(proxy, body('a', { limit: 1, cursor }))).status).toBe(200);
    expect((await askSearch(proxy, body('b', { cursor }))).status).toBe(400);
    expect((await askSearch(proxy, body('a', { cursor, signals: ['logs'] }))).status).toBe(400);
    expect((await askSearch(proxy, body('a', { cursor }), { token: proxy.otherToken })).status).toBe(400);
  });

  it('takes a tampered position for what it is', async () => {
    const proxy = await start();
    const done = linesOf(await askSearch(proxy, body('a', { limit: 1 }))).at(-1);
    const cursor = JSON.parse(
      Buffer.from((done?.type === 'done' && done.next) || '', 'base64url').toString(),
    ) as { at: Record<string, string> };
    proxy.recorded.splice(0);
    for (const at of ['1} or {', '0x10', '']) {
      cursor.at = { loki: JSON.stringify({ at, seen: [] }) };
      const text = Buffer.from(JSON.stringify(cursor)).toString('base64url');
      const lines = linesOf(await askSearch(proxy, body('a', { limit: 1, cursor: text })));
      expect(statusesOf(lines)).toEqual({ loki: 'failed' });
    }
    expect(proxy.recorded).toEqual([]);
  });

  it('asks for what two searches share only once, and never shares it between tenants', async () => {
    const proxy = await start();
    const seriesAsked = () => proxy.recorded.filter(({ path }) => path === '/api/v1/series').length;
    const metrics = body('metric', { signals: ['metrics'], limit: 1 });
    await Promise.all([askSearch(proxy, metrics), askSearch(proxy, metrics)]);
    expect(seriesAsked()).toBe(1);
    await askSearch(proxy, metrics, { token: proxy.otherToken });
    expect(seriesAsked()).toBe(2);
  });
});

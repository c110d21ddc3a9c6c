// Classes 9, 10 and 22: who is calling. On real stores, with the label lock alone, so that a wrong tenant would show.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatCredential } from '@obstack/contracts/credential-format';
import WebSocket from 'ws';
import { pushLogs } from '../src/data/push.ts';
import { startProxy } from '../src/lab/start-proxy.ts';
import type { LabProxy } from '../src/lab/start-proxy.ts';
import { ALPHA, BRAVO, TENANTS } from '../src/lab/tenants.ts';
import { until } from '../src/lab/until.ts';
import { useLabelLocked } from '../src/lab/use-label-locked.ts';

const locked = useLabelLocked();

const series = '/prometheus/api/v1/label/__name__/values';
const ask = (headers: Record<string, string>, path = series): Promise<Response> =>
  fetch(locked.proxyUrl + path, { headers });
const bearer = (credential: string): Record<string, string> => ({ authorization: `Bearer ${credential}` });

let serial = 0;
/** A credential of the right form that nobody has handed out yet. */
const fresh = (kind: 'query-token' | 'ingestion-key'): string =>
  formatCredential(
    kind,
    String((serial += 1)).padStart(12, '0'),
    randomUUID().replaceAll('-', '').slice(0, 32),
  );

describe('class 10: no tenant without a credential', () => {
  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['an empty bearer', { authorization: 'Bearer ' }],
    ['a tenant id', bearer(ALPHA.id)],
    ['a tenant header', { 'x-scope-orgid': ALPHA.id }],
    ['an unknown token', bearer(formatCredential('query-token', 'zzzzzzzzzzzz', 'z'.repeat(32)))],
    ['a token with a typo', bearer(`${ALPHA.queryToken.slice(0, -1)}!`)],
    ['a token in another case', bearer(ALPHA.queryToken.toUpperCase())],
    ['the hash of a token', bearer(createHash('sha256').update(ALPHA.queryToken).digest('hex'))],
    ['an unsigned JWT', bearer(`${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ tenant: ALPHA.id }))}.`)],
    ['a Grafana id', { 'x-grafana-id': ALPHA.queryToken, 'x-grafana-user': 'admin' }],
    ['basic auth without a password', { authorization: `Basic ${btoa('admin:')}` }],
  ])('%s is 401, and nothing is told', async (_name, headers) => {
    const reply = await ask(headers);
    const text = await reply.text();
    expect({ status: reply.status, text }).toMatchObject({ status: 401 });
    expect(reply.headers.get('www-authenticate')).toContain('Bearer');
    for (const { secret } of TENANTS) expect(text).not.toContain(secret);
  });

  it('two credentials that differ are refused, not chosen between', async () => {
    const reply = await ask({ ...bearer(ALPHA.queryToken), 'x-api-key': BRAVO.queryToken });
    expect(reply.status).toBe(400);
  });

  it('a token that only begins like a known one is not it', async () => {
    expect((await ask(bearer(ALPHA.queryToken))).status).toBe(200);
    const [head] = ALPHA.queryToken.split(/.{6}$/);
    for (const end of ['000000', 'zzzzzz', ''])
      expect((await ask(bearer(`${head ?? ''}${end}`))).status).toBe(401);
  });

  it('an ingestion key reads nothing, a query token pushes nothing', async () => {
    expect((await ask(bearer(ALPHA.ingestKey))).status).toBe(403);
    const push = await fetch(`${locked.proxy.urls.otlp}/v1/logs`, {
      method: 'POST',
      headers: { ...bearer(ALPHA.queryToken), 'content-type': 'application/json' },
      body: '{}',
    });
    expect(push.status).toBe(403);
  });

  it('a token for one signal reads no other', async () => {
    const token = fresh('query-token');
    locked.proxy.controlPlane.know(token, { kind: 'query-token', tenantId: ALPHA.id, signals: ['logs'] });
    expect((await ask(bearer(token), '/loki/api/v1/labels')).status).toBe(200);
    expect((await ask(bearer(token))).status).toBe(403);
    expect((await ask(bearer(token), '/tempo/api/v2/search/tags')).status).toBe(403);
  });

  it('an expired token is over at once, though it was known', async () => {
    const token = fresh('query-token');
    const expiresAt = new Date(Date.now() + 2_000).toISOString();
    locked.proxy.controlPlane.know(token, { kind: 'query-token', tenantId: ALPHA.id, expiresAt });
    expect((await ask(bearer(token))).status).toBe(200);
    await until('the token has expired', async () => (await ask(bearer(token))).status === 401, 10_000);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
  });
});

describe('class 9: a tenant id is a UUID in lower case, or there is no tenant', () => {
  it.each([
    '',
    '.',
    '..',
    'a|b',
    `${ALPHA.id}|${BRAVO.id}`,
    ALPHA.id.toUpperCase(),
    'shared',
    '*',
    `${ALPHA.id}\r\nx: y`,
  ])('control-plane naming %j lets nobody in', async (tenantId) => {
    const token = fresh('query-token');
    locked.proxy.controlPlane.know(token, { kind: 'query-token', tenantId });
    const reply = await ask(bearer(token));
    expect(reply.status).toBeGreaterThanOrEqual(500);
    const text = await reply.text();
    for (const { secret } of TENANTS) expect(text).not.toContain(secret);
  });
});

describe('class 19: no answer is kept for another tenant', () => {
  it('the same questions, asked by all tenants at the same time, get each tenant its own', async () => {
    const paths = [
      series,
      `/prometheus/api/v1/query?query=build_info&time=${locked.lab.window.endMs / 1000}`,
      `/loki/api/v1/query_range?query=${encodeURIComponent('{format="plain"}')}&start=${locked.lab.window.startMs}000000&end=${locked.lab.window.endMs}000000`,
      `/tempo/api/search?q=${encodeURIComponent('{ name =~ "POST.*" }')}&start=${locked.lab.window.startMs / 1000}&end=${locked.lab.window.endMs / 1000}`,
    ];
    const rounds = Array.from({ length: 5 }, () => paths).flat();
    await Promise.all(
      TENANTS.flatMap((tenant) =>
        rounds.map(async (path) => {
          const text = await (await ask(bearer(tenant.queryToken), path)).text();
          for (const { secret } of TENANTS) {
            expect({ path, shows: secret, is: text.includes(secret) }).toEqual({
              path,
              shows: secret,
              is: secret === tenant.secret,
            });
          }
        }),
      ),
    );
  });
});

describe('class 22: a tail', () => {
  // What is pushed to be tailed must not lie with the lab's own data, which other suites compare.
  const TAILED = 'tailed';
  let tailing: LabProxy;
  beforeAll(async () => {
    tailing = await startProxy(locked.lab, { storageTenant: () => TAILED });
  });
  afterAll(() => tailing.close());
  const tail = (token: string, query: string, through = locked.proxy): WebSocket =>
    new WebSocket(
      `${through.urls.main.replace('http', 'ws')}/loki/api/v1/tail?query=${encodeURIComponent(query)}`,
      { headers: bearer(token) },
    );
  const closed = (socket: WebSocket): Promise<number> =>
    new Promise((resolve) => socket.once('close', (code) => resolve(code)));
  const opened = (socket: WebSocket): Promise<unknown> =>
    new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));

  it('is refused at the upgrade without a credential', async () => {
    const socket = new WebSocket(
      `${locked.proxyUrl.replace('http', 'ws')}/loki/api/v1/tail?query=%7Ba%3D%22b%22%7D`,
    );
    const status = await new Promise((resolve) =>
      socket.once('unexpected-response', (_request, reply) => resolve(reply.statusCode)),
    );
    expect(status).toBe(401);
    socket.on('error', () => undefined).terminate();
  });

  it('shows what the tenant pushes from now on, and nobody else’s', async () => {
    const socket = tail(ALPHA.queryToken, '{tail="class-22"}', tailing);
    const seen: string[] = [];
    socket.on('message', (data: Buffer) => seen.push(data.toString('utf8')));
    await opened(socket);
    await until('the own line is shown', async () => {
      for (const { id, secret } of TENANTS) {
        const entries = [{ nanos: BigInt(Date.now()) * 1_000_000n, line: `tailed ${secret}`, metadata: {} }];
        await pushLogs(locked.lab.loki, TAILED, [{ labels: { tail: 'class-22', tenant_id: id }, entries }]);
      }
      return seen.join().includes(ALPHA.secret);
    });
    expect(seen.join()).not.toContain(BRAVO.secret);
    const end = closed(socket);
    socket.close();
    await end;
  });

  it('ends within a second when its token is revoked', async () => {
    const token = fresh('query-token');
    locked.proxy.controlPlane.know(token, { kind: 'query-token', tenantId: ALPHA.id });
    const socket = tail(token, '{namespace="shop"}');
    await opened(socket);
    const started = Date.now();
    const end = closed(socket);
    locked.proxy.controlPlane.revoke(token);
    expect(await end).toBe(1008);
    expect(Date.now() - started).toBeLessThan(1_000);
    expect((await ask(bearer(token))).status).toBe(401);
  });

  it('ends when its token expires', async () => {
    const token = fresh('query-token');
    const expiresAt = new Date(Date.now() + 3_000).toISOString();
    locked.proxy.controlPlane.know(token, { kind: 'query-token', tenantId: ALPHA.id, expiresAt });
    const socket = tail(token, '{namespace="shop"}');
    await opened(socket);
    expect(await closed(socket)).toBe(1008);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
  });
});

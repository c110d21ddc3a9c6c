// Bad input over the wire: every refusal has the right status in the right shape, tells where and what to do, never
// shows a stack, never hangs, and nothing of it reaches a store. Behind the proxy is a store that never answers, so a
// request that got through would be seen there and would end in a time-out.
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  decodeMessage,
  encodeMessage,
  logsPayload,
  writeRequestV1,
  writeRequestV2,
} from '@obstack/proxy/testing';
import snappy from 'snappy';
import { lines, rawRequest } from '../src/lab/raw-request.ts';
import { allAt, startProxy } from '../src/lab/start-proxy.ts';
import type { LabProxy } from '../src/lab/start-proxy.ts';
import { startStubStore } from '../src/lab/stub-store.ts';
import type { StubStore } from '../src/lab/stub-store.ts';
import { ALPHA, credentialsOf } from '../src/lab/tenants.ts';
import { until } from '../src/lab/until.ts';

const LIMIT = 20_000;
let store: StubStore;
let proxy: LabProxy;
beforeAll(async () => {
  store = await startStubStore();
  proxy = await startProxy(
    allAt(store.url),
    {},
    {
      LIMIT_REQUEST_BYTES: String(LIMIT),
      QUERY_TIMEOUT_MS: '1500',
      PUSH_TIMEOUT_MS: '1500',
      REQUEST_TIMEOUT_MS: '1000',
    },
  );
});
afterAll(async () => {
  await proxy.close();
  await store.close();
});

interface Reply {
  status: number;
  type: string;
  headers: Headers;
  body: Buffer;
}

async function send(
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
): Promise<Reply> {
  const reply = await fetch(proxy.urls.main + path, {
    ...init,
    headers: {
      authorization: `Bearer ${path.startsWith('/v1') || path.startsWith('/api') ? ALPHA.ingestKey : ALPHA.queryToken}`,
      ...init.headers,
    },
    signal: AbortSignal.timeout(5_000),
  });
  const body = Buffer.from(await reply.arrayBuffer());
  // A path of ours, a module or a frame of a stack.
  expect(body.toString('latin1')).not.toMatch(/node_modules|node:|\.ts\b|\.js\b|\n\s+at /);
  return {
    status: reply.status,
    type: reply.headers.get('content-type') ?? '',
    headers: reply.headers,
    body,
  };
}

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const push = (path: string, body: Buffer | string, headers: Record<string, string>): Promise<Reply> =>
  send(path, { method: 'POST', body: typeof body === 'string' ? body : new Uint8Array(body), headers });
const otlp = (body: Buffer | string, headers: Record<string, string> = {}): Promise<Reply> =>
  push('/v1/logs', body, { 'content-type': PROTOBUF, ...headers });
const write = (body: Buffer, headers: Record<string, string> = {}): Promise<Reply> =>
  push('/api/v1/write', body, { 'content-type': PROTOBUF, 'content-encoding': 'snappy', ...headers });
const TYPE_2 = `${PROTOBUF};proto=io.prometheus.write.v2.Request`;
const zeros = Buffer.alloc(LIMIT * 100);
const small = logsPayload(1);

describe('refused, and nothing reached a store', () => {
  let arrivedBefore = 0;
  beforeEach(() => {
    arrivedBefore = store.arrived();
  });
  afterEach(() => expect(store.arrived()).toBe(arrivedBefore));

  it.each<[string, number, () => Promise<Reply>]>([
    ['no key', 401, () => otlp(small, { authorization: '' })],
    ['a key of the wrong kind', 403, () => otlp(small, { authorization: `Bearer ${ALPHA.queryToken}` })],
    ['not protobuf', 400, () => otlp(Buffer.from('hello, world'))],
    ['cut short', 400, () => otlp(small.subarray(0, -5))],
    ['too large', 413, () => otlp(logsPayload(200))],
    ['too large once uncompressed', 413, () => otlp(gzipSync(zeros), { 'content-encoding': 'gzip' })],
    [
      'too large once uncompressed by zstd',
      413,
      () => otlp(zstdCompressSync(zeros), { 'content-encoding': 'zstd' }),
    ],
    ['not gzip', 400, () => otlp(small, { 'content-encoding': 'gzip' })],
    ['gzip cut short', 400, () => otlp(gzipSync(small).subarray(0, -9), { 'content-encoding': 'gzip' })],
    ['an unknown type', 415, () => otlp(small, { 'content-type': 'text/plain' })],
    ['no type', 415, () => otlp(small, { 'content-type': '' })],
    ['an unknown encoding', 415, () => otlp(small, { 'content-encoding': 'br' })],
    ['two encodings', 415, () => otlp(small, { 'content-encoding': 'gzip, gzip' })],
  ])('OTLP, %s: %d with a Status', async (_name, status, ask) => {
    const reply = await ask();
    expect({ status: reply.status, body: reply.body.toString('latin1') }).toMatchObject({ status });
    expect(reply.type).toBe(PROTOBUF);
    expect(decodeMessage('otlp.Status', reply.body).message).toMatch(/\w+ \w+/);
  });

  it.each<[string, number, string]>([
    ['not JSON', 400, '{"resourceLogs": ['],
    ['another JSON', 400, '[1, 2]'],
    ['a list where an object is', 400, '{"resourceLogs": {"resource": []}}'],
    ['too large', 413, JSON.stringify({ resourceLogs: [], more: 'x'.repeat(LIMIT) })],
    ['nested too deep', 400, `{"resourceLogs":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
  ])('OTLP/JSON, %s: %d with a Status in JSON', async (_name, status, body) => {
    const reply = await push('/v1/logs', body, { 'content-type': JSON_TYPE });
    expect({ status: reply.status, body: reply.body.toString() }).toMatchObject({ status });
    expect(reply.type).toContain(JSON_TYPE);
    expect(JSON.parse(reply.body.toString())).toMatchObject({
      code: expect.any(Number),
      message: expect.any(String),
    });
  });

  it.each<[string, number, () => Promise<Reply>]>([
    ['no key', 401, () => write(Buffer.from('x'), { authorization: '' })],
    ['not snappy', 400, () => write(writeRequestV1(1))],
    ['not protobuf', 400, () => write(snappy.compressSync('hello, world'))],
    ['cut short', 400, () => write(snappy.compressSync(writeRequestV1(1).subarray(0, -3)))],
    ['too large once uncompressed', 413, () => write(snappy.compressSync(zeros))],
    ['a snappy length that lies', 413, () => write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]))],
    [
      'an unknown type',
      415,
      () => write(snappy.compressSync(writeRequestV1(1)), { 'content-type': JSON_TYPE }),
    ],
    [
      'an unknown proto',
      415,
      () => write(snappy.compressSync(writeRequestV1(1)), { 'content-type': `${PROTOBUF};proto=x.Y` }),
    ],
    ['no encoding', 415, () => push('/api/v1/write', writeRequestV1(1), { 'content-type': PROTOBUF })],
    ['gzip', 415, () => write(gzipSync(writeRequestV1(1)), { 'content-encoding': 'gzip' })],
    [
      'a 1.0 body as 2.0',
      400,
      () => write(snappy.compressSync(writeRequestV1(1)), { 'content-type': TYPE_2 }),
    ],
    [
      'a series without labels',
      400,
      () =>
        write(
          snappy.compressSync(
            encodeMessage('remotewrite.V1.WriteRequest', { timeseries: [{ labels: [], samples: [] }] }),
          ),
        ),
    ],
  ])('remote_write, %s: %d in plain text', async (_name, status, ask) => {
    const reply = await ask();
    expect({ status: reply.status, body: reply.body.toString() }).toMatchObject({ status });
    expect(reply.type).toContain('text/plain');
  });

  it('a key without the signal is 403', async () => {
    const { ingestKey } = credentialsOf('tracesonly');
    proxy.controlPlane.know(ingestKey, { kind: 'ingestion-key', tenantId: ALPHA.id, signals: ['traces'] });
    const authorization = `Bearer ${ingestKey}`;
    expect((await otlp(small, { authorization })).status).toBe(403);
    expect((await write(snappy.compressSync(writeRequestV1(1)), { authorization })).status).toBe(403);
  });

  // By POST, which takes queries that no URL can hold.
  const prometheus = (query: string): Promise<Reply> =>
    send('/prometheus/api/v1/query', {
      method: 'POST',
      body: new URLSearchParams({ query }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const loki = (query: string): Promise<Reply> =>
    send(`/loki/api/v1/query_range?query=${encodeURIComponent(query)}`);
  const tempo = (q: string): Promise<Reply> => send(`/tempo/api/search?q=${encodeURIComponent(q)}`);
  it.each<[string, (query: string) => Promise<Reply>, string, RegExp]>([
    ['PromQL', prometheus, 'sum(rate(up[5m])', /line 1, column 4/],
    ['PromQL', prometheus, 'up{job="a"} +\n+ * up', /line 2, column 3/],
    ['PromQL', prometheus, '\u{1f4a5}', /line 1, column 1/],
    ['PromQL', prometheus, '('.repeat(2_000), /column/],
    ['PromQL', prometheus, `up${'+up'.repeat(30_000)}`, /column|long/],
    ['LogQL', loki, '{app="a"} |', /line 1, column 1\d/],
    ['LogQL', loki, '{}', /line 1, column 1/],
    ['TraceQL', tempo, '{ .a = ', /line 1, column 1|column/],
    ['TraceQL', tempo, '{ .a = 1 } }', /line 1, column 12/],
  ])('%s that cannot be parsed is 400 with the position', async (_language, ask, query, position) => {
    const reply = await ask(query);
    expect({ status: reply.status, body: reply.body.toString() }).toMatchObject({ status: 400 });
    const answer = JSON.parse(reply.body.toString()) as { error?: string; detail?: string };
    expect(answer.error ?? answer.detail).toMatch(position);
    expect(reply.body.length).toBeLessThan(2_000);
  });

  it.each<[string, string, number]>([
    ['GET', '/v1/logs', 405],
    ['PUT', '/api/v1/write', 405],
    ['DELETE', '/loki/api/v1/query', 405],
    ['POST', '/tempo/api/search', 405],
    ['POST', '/v1/profiles', 404],
    ['GET', '/nothing', 404],
    ['POST', '/api/v1/writes', 404],
  ])('%s %s is %d', async (method, path, status) => {
    const reply = await send(path, { method });
    expect(reply.status).toBe(status);
    if (status === 405) expect(reply.headers.get('allow')).toMatch(/GET|POST/);
  });

  it('headers beyond all measure are 431', async () => {
    const reply = await rawRequest(
      proxy.urls.main,
      lines('GET /loki/api/v1/labels HTTP/1.1', 'Host: x', `X: ${'y'.repeat(100_000)}`),
    );
    expect(reply.status).toBe(431);
  });

  it('what is no HTTP is 400', async () => {
    expect(
      (await rawRequest(proxy.urls.main, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n'))
        .status,
    ).toBe(400);
  });

  it('a body that never ends coming is given up on', async () => {
    const request = lines(
      'POST /v1/logs HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${ALPHA.ingestKey}`,
      `Content-Type: ${PROTOBUF}`,
      'Content-Length: 100',
    );
    const started = Date.now();
    const { status } = await rawRequest(proxy.urls.main, `${request}half`, 6_000);
    expect([0, 400, 408]).toContain(status);
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});

describe('a store that does not answer', () => {
  it('is 504 for a query and 503 for a push, in time', async () => {
    const started = Date.now();
    const [asked, pushed] = await Promise.all([
      Promise.all(
        ['/loki/api/v1/labels', '/prometheus/api/v1/query?query=up', '/tempo/api/search'].map((path) =>
          send(path),
        ),
      ),
      Promise.all([
        otlp(small),
        write(snappy.compressSync(writeRequestV1(1))),
        write(snappy.compressSync(writeRequestV2(1)), { 'content-type': TYPE_2 }),
      ]),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([504, 504, 504]);
    expect(pushed.map(({ status }) => status)).toEqual([503, 503, 503]);
    for (const { headers } of pushed) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it('is not kept waiting for when the client leaves', async () => {
    const patient = await startProxy(allAt(store.url));
    try {
      for (const path of [
        '/loki/api/v1/labels',
        '/prometheus/api/v1/query?query=up',
        '/tempo/api/traces/1',
      ]) {
        const gone = new AbortController();
        const asking = fetch(patient.urls.main + path, {
          headers: { authorization: `Bearer ${ALPHA.queryToken}` },
          signal: gone.signal,
        }).catch(() => 'gone');
        await until('the store is asked', () => store.underWay() === 1);
        gone.abort();
        expect(await asking).toBe('gone');
        await until('the store is let go', () => store.underWay() === 0, 2_000);
      }
    } finally {
      await patient.close();
    }
  });
});

describe('a store that answers with what it should not', () => {
  it.each<[string, Parameters<typeof startStubStore>[0] & object, number]>([
    [
      'a redirect',
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      502,
    ],
    ['a cut connection', (_request, response) => response.destroy(), 502],
  ])('%s is a bad gateway', async (_name, answer, status) => {
    const odd = await startStubStore(answer);
    const before = await startProxy(allAt(odd.url));
    try {
      for (const path of ['/loki/api/v1/labels', '/prometheus/api/v1/labels', '/tempo/api/search']) {
        const reply = await fetch(before.urls.main + path, {
          headers: { authorization: `Bearer ${ALPHA.queryToken}` },
          redirect: 'manual',
        });
        expect(reply.status).toBe(status);
        expect(reply.headers.get('location')).toBeNull();
      }
      const pushed = await fetch(`${before.urls.main}/v1/logs`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ALPHA.ingestKey}`, 'content-type': PROTOBUF },
        body: new Uint8Array(small),
      });
      expect(pushed.status).toBe(503);
    } finally {
      await before.close();
      await odd.close();
    }
  });
});

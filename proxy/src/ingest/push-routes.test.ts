import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { compressSync, uncompressSync } from 'snappy';
import { decode, encode } from '../../test/ingest/codec.ts';
import { attribute, logsPayload, metricsPayload, tracesPayload } from '../../test/ingest/payloads.ts';
import { writeRequestV1, writeRequestV2 } from '../../test/ingest/payloads.ts';
import { startPushServer } from '../../test/ingest/push-server.ts';
import type { PushServer, PushServerOptions } from '../../test/ingest/push-server.ts';

const TENANT = '0b5e9a7c-5d2e-4b7a-9c56-1f2e3d4c5b6a';
const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const V2_TYPE = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';
const LOGS = logsPayload(2);
const PAYLOADS = { logs: LOGS, metrics: metricsPayload(2), traces: tracesPayload(2) };
const JSON_LOGS = JSON.stringify({
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }],
});

const running: PushServer[] = [];
const start = async (options?: PushServerOptions): Promise<PushServer> => {
  const server = await startPushServer(options);
  running.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

interface Reply {
  status: number;
  headers: Headers;
  body: Buffer;
}

async function post(
  server: PushServer,
  path: string,
  body: Uint8Array | string | ReadableStream<Uint8Array>,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    body: typeof body === 'string' || body instanceof ReadableStream ? body : Buffer.from(body),
    headers: { authorization: `Bearer ${TENANT}`, 'content-type': PROTOBUF, ...headers },
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
}

const postLogs = (
  server: PushServer,
  headers: Record<string, string> = {},
  body: Uint8Array = LOGS,
): Promise<Reply> => post(server, '/v1/logs', body, headers);

const snappy = (bytes: Buffer): Buffer => compressSync(bytes, { copyOutputData: true });
const write = (server: PushServer, body: Buffer, headers: Record<string, string> = {}): Promise<Reply> =>
  post(server, '/api/v1/write', snappy(body), { 'content-encoding': 'snappy', ...headers });

/** The `Status` of a refusal, in the type of the request. */
function statusOf({ headers, body }: Reply): unknown {
  return headers.get('content-type') === JSON_TYPE
    ? JSON.parse(body.toString())
    : decode('otlp.Status', body);
}

describe('OTLP push', () => {
  it.each(['logs', 'metrics', 'traces'] as const)('stamps and forwards %s', async (signal) => {
    const server = await start();
    const reply = await post(server, `/v1/${signal}`, PAYLOADS[signal], {
      'x-scope-orgid': 'somebody-else',
      'x-forwarded-for': '1.2.3.4',
    });
    expect(reply).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(reply.headers.get('content-type')).toBe(PROTOBUF);
    const [push] = server.stored;
    expect(push?.path).toBe(`/v1/${signal}`);
    expect(push?.body.includes(TENANT)).toBe(true);
    expect(push?.headers).toMatchObject({ 'x-scope-orgid': TENANT, 'content-type': PROTOBUF });
    expect(push?.headers).not.toHaveProperty('authorization');
    expect(push?.headers).not.toHaveProperty('x-forwarded-for');
    expect(server.inFlight()).toBe(0);
  });

  it('takes JSON and replies in JSON', async () => {
    const server = await start();
    server.answer((_push, response) => response.end('{"partialSuccess":{}}'));
    const reply = await post(server, '/v1/logs', JSON_LOGS, {
      'content-type': 'application/json; charset=utf-8',
    });
    expect(reply.headers.get('content-type')).toBe(JSON_TYPE);
    expect(reply.body.toString()).toBe('{"partialSuccess":{}}');
    expect(server.stored[0]?.headers['content-type']).toBe(JSON_TYPE);
    expect(server.stored[0]?.body.toString()).toContain(TENANT);
  });

  it.each([
    ['gzip', gzipSync(LOGS)],
    ['gzip', Buffer.concat([gzipSync(LOGS.subarray(0, 50)), gzipSync(LOGS.subarray(50))])],
    ['GZIP', gzipSync(LOGS)],
    ['zstd', zstdCompressSync(LOGS)],
    ['identity', LOGS],
  ])('takes %s', async (encoding, body) => {
    const server = await start();
    expect(await postLogs(server, { 'content-encoding': encoding }, body)).toMatchObject({ status: 200 });
    expect(server.stored[0]?.headers).not.toHaveProperty('content-encoding');
    expect(decode('otlp.ExportLogsServiceRequest', server.stored[0]?.body as Buffer)).toHaveProperty(
      'resourceLogs',
    );
  });

  it.each([
    [PROTOBUF, ''],
    [JSON_TYPE, ''],
    [JSON_TYPE, '{}'],
    [JSON_TYPE, '{"resourceLogs":[]}'],
  ])('answers an empty request of %s (%j) without asking the store', async (type, body) => {
    const server = await start();
    const reply = await post(server, '/v1/logs', body, { 'content-type': type });
    expect(reply).toMatchObject({ status: 200, body: Buffer.from(type === JSON_TYPE ? '{}' : '') });
    expect(server.stored).toHaveLength(0);
  });

  it('passes a partial success on', async () => {
    const server = await start();
    const partial = encode('otlp.ExportLogsServiceResponse', {
      partialSuccess: { rejectedLogRecords: 1, errorMessage: 'too old' },
    });
    server.answer((_push, response) => response.end(partial));
    expect(await postLogs(server)).toMatchObject({ status: 200, body: partial });
  });
});

describe('a push that is refused', () => {
  it.each<[string, Record<string, string>, Uint8Array, number, number]>([
    ['no key', { authorization: '' }, LOGS, 401, 16],
    ['an unknown key', { authorization: 'Bearer nobody' }, LOGS, 401, 16],
    ['a key for another signal', { authorization: 'Bearer t-only-metrics' }, LOGS, 403, 7],
    ['another type', { 'content-type': 'text/plain' }, LOGS, 415, 3],
    ['another encoding', { 'content-encoding': 'br' }, LOGS, 415, 3],
    ['two encodings', { 'content-encoding': 'gzip, gzip' }, LOGS, 415, 3],
    ['another body', {}, Buffer.from('hello'), 400, 3],
    ['no JSON', { 'content-type': JSON_TYPE }, LOGS, 400, 3],
    ['no gzip', { 'content-encoding': 'gzip' }, LOGS, 400, 3],
    ['half a gzip', { 'content-encoding': 'gzip' }, gzipSync(LOGS).subarray(0, -12), 400, 3],
    ['no zstd', { 'content-encoding': 'zstd' }, LOGS, 400, 3],
  ])('for %s gets a Status in its own type', async (_what, headers, body, status, code) => {
    const server = await start();
    const reply = await postLogs(server, headers, body);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toBe(
      headers['content-type'] === JSON_TYPE ? JSON_TYPE : PROTOBUF,
    );
    expect(statusOf(reply)).toEqual({ code, message: expect.stringMatching(/./) as unknown });
    expect(server.stored).toHaveLength(0);
    expect(server.inFlight()).toBe(0);
  });

  it('for its method gets 405 with what is allowed', async () => {
    const server = await start();
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await fetch(`${server.url}/v1/logs`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  it('for its address gets 404', async () => {
    const server = await start();
    for (const path of ['/v1/logs/', '/v1/profiles', '/v1/LOGS', '/v1//logs', '/api/v1/write/']) {
      expect(await post(server, path, LOGS)).toMatchObject({ status: 404 });
    }
    expect(server.stored).toHaveLength(0);
  });
});

describe('the size of a push', () => {
  const bomb = gzipSync(Buffer.alloc(20_000_000));

  it('is limited as sent', async () => {
    const server = await start({ requestBytes: 500 });
    expect(await postLogs(server, {}, logsPayload(10))).toMatchObject({ status: 413 });
    const chunks = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(400)),
    });
    expect(await post(server, '/v1/logs', chunks)).toMatchObject({ status: 413 });
    expect(server.inFlight()).toBe(0);
  });

  it.each([
    ['gzip', bomb],
    ['zstd', zstdCompressSync(Buffer.alloc(20_000_000))],
  ])('is limited after decompression of %s, and no more than that is ever held', async (encoding, body) => {
    // With room for the limit and one piece more, holding all of it would be a 503.
    const server = await start({ requestBytes: 1_000_000, inFlightBytes: 1_200_000 });
    const reply = await postLogs(server, { 'content-encoding': encoding }, body);
    expect(reply.status).toBe(413);
    expect(statusOf(reply)).toMatchObject({ message: expect.stringContaining('1000000 bytes') as unknown });
    expect(server.inFlight()).toBe(0);
  });

  it('is limited as sent even if nothing comes out of it', async () => {
    const server = await start({ requestBytes: 2000 });
    const nothing = gzipSync(Buffer.alloc(0));
    const chunks = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(nothing) });
    expect(await post(server, '/v1/logs', chunks, { 'content-encoding': 'gzip' })).toMatchObject({
      status: 413,
    });
  });

  it('in all is limited too: past that we are overloaded, which is no fault of the sender', async () => {
    const server = await start({ inFlightBytes: 1000 });
    const reply = await postLogs(server, {}, logsPayload(100));
    expect(reply).toMatchObject({ status: 503 });
    expect(reply.headers.get('retry-after')).toBe('2');
    expect(await postLogs(server, {}, logsPayload(1))).toMatchObject({ status: 200 });
  });

  it.each([
    ['identity', logsPayload(1000)],
    ['gzip', gzipSync(randomBytes(300_000))],
  ])('that is cut short (%s) leaves nothing behind', async (encoding, body) => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      `POST /v1/logs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\nContent-Type: ${PROTOBUF}\r\n` +
        `Content-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, body.length - 1));
    await expectEventually(() => server.inFlight() > 0);
    socket.destroy();
    await expectEventually(() => server.inFlight() === 0);
    expect(server.stored).toHaveLength(0);
  });

  it.each(['identity', 'gzip'])('must arrive in time: a slow sender of %s gets 408', async (encoding) => {
    const server = await start({ requestTimeoutMs: 300 });
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      `POST /v1/logs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\nContent-Type: ${PROTOBUF}\r\n` +
        `Content-Encoding: ${encoding}\r\nContent-Length: 1000\r\n\r\n`,
    );
    socket.write((encoding === 'gzip' ? gzipSync(LOGS) : LOGS).subarray(0, 20));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
    await once(socket, 'close');
    expect(server.inFlight()).toBe(0);
    expect(server.stored).toHaveLength(0);
  });
});

async function expectEventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a store that does not take a push', () => {
  it.each<[number, number, string | null]>([
    [400, 400, null],
    [413, 413, null],
    [429, 429, '5'],
    // Ours to mend: the sender keeps the data and tries again.
    [401, 503, '5'],
    [403, 503, '5'],
    [404, 503, '5'],
    [415, 503, '5'],
    [500, 503, '5'],
    [502, 503, '5'],
    [503, 503, '5'],
    [302, 503, '5'],
  ])('with %i becomes %i (OTLP)', async (theirs, ours, retryAfter) => {
    const server = await start();
    server.answer((_push, response) => response.writeHead(theirs, { location: '/elsewhere' }).end());
    const reply = await postLogs(server);
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([ours, retryAfter]);
    expect(server.stored).toHaveLength(1);
  });

  it('has its reason passed on, without our inner addresses', async () => {
    const server = await start();
    const message =
      'rpc error: error exporting items, request to http://127.0.0.1:3100/otlp/v1/logs responded with HTTP Status ' +
      'Code 400, Message=entry is too old\nby far, Details=[]';
    server.answer(({ headers }, response) => {
      const asJson = headers['content-type'] === JSON_TYPE;
      response.writeHead(400).end(asJson ? JSON.stringify({ message }) : encode('otlp.Status', { message }));
    });
    const status = { code: 3, message: 'entry is too old\nby far' };
    expect(statusOf(await postLogs(server))).toEqual(status);
    expect(statusOf(await post(server, '/v1/logs', JSON_LOGS, { 'content-type': JSON_TYPE }))).toEqual(
      status,
    );
  });

  it('says when to come back if it knows', async () => {
    const server = await start();
    server.answer((_push, response) => response.writeHead(503, { 'retry-after': '17' }).end());
    expect((await postLogs(server)).headers.get('retry-after')).toBe('17');
  });

  it('because it is gone, or hangs up, is a 503', async () => {
    const server = await start();
    server.answer((_push, response) => response.destroy());
    for (const reply of [await postLogs(server), await write(server, writeRequestV1(1))]) {
      expect(reply.status).toBe(503);
      expect(reply.headers.get('retry-after')).toBe('5');
    }
    await server.killStore();
    const reply = await postLogs(server);
    expect(reply.status).toBe(503);
    expect(statusOf(reply)).toMatchObject({ code: 14 });
    expect(await write(server, writeRequestV1(1))).toMatchObject({ status: 503 });
    expect(server.inFlight()).toBe(0);
  });

  it('because it does not answer is a 503', async () => {
    const server = await start();
    server.answer(() => undefined);
    expect(await postLogs(server)).toMatchObject({ status: 503 });
  });
});

describe('remote_write', () => {
  const stored = (server: PushServer): Buffer =>
    uncompressSync(server.stored[0]?.body as Buffer, { copyOutputData: true }) as Buffer;

  it.each(['/api/v1/write', '/api/v1/push'])('1.0 is stamped and forwarded from %s', async (path) => {
    const server = await start();
    server.answer((_push, response) => response.writeHead(204).end());
    const reply = await post(server, path, snappy(writeRequestV1(3)), {
      'content-encoding': 'snappy',
      'x-scope-orgid': 'somebody-else',
    });
    expect(reply).toMatchObject({ status: 204, body: Buffer.alloc(0) });
    expect(server.stored[0]).toMatchObject({
      path: '/api/v1/write',
      headers: {
        'x-scope-orgid': TENANT,
        'content-type': PROTOBUF,
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
    });
    expect(decode('remotewrite.V1.WriteRequest', stored(server))).toHaveProperty('timeseries');
    expect(stored(server).includes(TENANT)).toBe(true);
    expect(server.inFlight()).toBe(0);
  });

  it('2.0 is stamped and forwarded, and confirmed as the store confirms it', async () => {
    const server = await start();
    server.answer((_push, response) =>
      response
        .writeHead(204, {
          'x-prometheus-remote-write-samples-written': '3',
          'x-prometheus-remote-write-exemplars-written': '1',
        })
        .end(),
    );
    const reply = await write(server, writeRequestV2(3), { 'content-type': V2_TYPE });
    expect(reply.status).toBe(204);
    expect(reply.headers.get('x-prometheus-remote-write-samples-written')).toBe('3');
    expect(reply.headers.get('x-prometheus-remote-write-exemplars-written')).toBe('1');
    expect(reply.headers.get('x-prometheus-remote-write-histograms-written')).toBeNull();
    expect(server.stored[0]?.headers).toMatchObject({
      'content-type': V2_TYPE,
      'x-prometheus-remote-write-version': '2.0.0',
    });
    expect(decode('remotewrite.V2.Request', stored(server))).toHaveProperty('symbols');
  });

  it('2.0 is confirmed on errors too: the store’s and ours', async () => {
    const server = await start();
    server.answer((_push, response) =>
      response
        .writeHead(400, { 'x-prometheus-remote-write-samples-written': '2' })
        .end('out of order sample\n'),
    );
    const partial = await write(server, writeRequestV2(3), { 'content-type': V2_TYPE });
    expect(partial).toMatchObject({ status: 400, body: Buffer.from('out of order sample\n') });
    expect(partial.headers.get('x-prometheus-remote-write-samples-written')).toBe('2');
    const bad = await write(server, Buffer.from([0x22, 0x01, 0x78]), { 'content-type': V2_TYPE });
    expect([bad.status, bad.headers.get('x-prometheus-remote-write-samples-written')]).toEqual([400, '0']);
  });

  it('2.0 is told when the store takes 1.0 only', async () => {
    const server = await start();
    server.answer((_push, response) => response.writeHead(415).end());
    expect(await write(server, writeRequestV2(1), { 'content-type': V2_TYPE })).toMatchObject({
      status: 415,
    });
  });

  it.each([
    [`${PROTOBUF}; proto=io.prometheus.write.v2.Request`, writeRequestV2(1)],
    [`${PROTOBUF};proto="io.prometheus.write.v2.Request"`, writeRequestV2(1)],
    [`${PROTOBUF};proto=prometheus.WriteRequest`, writeRequestV1(1)],
  ])('is understood as %s', async (type, body) => {
    expect(await write(await start(), body, { 'content-type': type })).toMatchObject({ status: 204 });
  });

  it.each<[string, Record<string, string>, Buffer, number]>([
    ['no key', { authorization: '' }, snappy(writeRequestV1(1)), 401],
    ['a key for another signal', { authorization: 'Bearer t-only-logs' }, snappy(writeRequestV1(1)), 403],
    ['another message', { 'content-type': `${PROTOBUF};proto=x` }, snappy(writeRequestV1(1)), 415],
    ['another type', { 'content-type': JSON_TYPE }, snappy(writeRequestV1(1)), 415],
    ['another encoding', { 'content-encoding': 'gzip' }, gzipSync(writeRequestV1(1)), 415],
    ['no encoding', { 'content-encoding': '' }, writeRequestV1(1), 415],
    ['an empty body', {}, Buffer.alloc(0), 400],
    ['no snappy', {}, Buffer.from('hello'), 400],
    ['half a block', {}, snappy(writeRequestV1(1)).subarray(0, -9), 400],
    ['another body', {}, snappy(Buffer.from('hello')), 400],
    ['a block that says it is enormous', {}, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]), 413],
    ['a block that cannot be that large', {}, Buffer.from([0x80, 0x80, 0x80, 0x20, 0x00]), 400],
    ['a size of more than 32 bits', {}, Buffer.alloc(10, 0xff), 400],
  ])('with %s is refused in plain text', async (_what, headers, body, status) => {
    const server = await start();
    const reply = await post(server, '/api/v1/write', body, { 'content-encoding': 'snappy', ...headers });
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(server.stored).toHaveLength(0);
    expect(server.inFlight()).toBe(0);
  });

  it.each([
    [400, 400],
    [409, 400],
    [413, 413],
    [429, 429],
    [404, 503],
    [500, 503],
  ])('that the store answers with %i becomes %i', async (theirs, ours) => {
    const server = await start();
    server.answer((_push, response) => response.writeHead(theirs).end('because'));
    const reply = await write(server, writeRequestV1(1));
    expect(reply.status).toBe(ours);
    expect(reply.headers.get('retry-after')).toBe(ours === 429 || ours === 503 ? '5' : null);
  });
});

describe('many tenants at once', () => {
  it.each(['logs', 'remote_write 1.0', 'remote_write 2.0'])(
    'get their own data stored and no one else’s (%s)',
    async (what) => {
      const server = await start();
      const pushes = Array.from({ length: 60 }, (_, i) => {
        const headers = { authorization: `Bearer tenant-${i}-` };
        const size = 1 + ((i * 37) % 200);
        if (what === 'logs') {
          const record = { body: { stringValue: `data of tenant-${i}-`.repeat(size * 20) } };
          const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] };
          return postLogs(server, headers, encode('otlp.ExportLogsServiceRequest', request));
        }
        const labels = [
          ['__name__', 'm'],
          ['owner', `data of tenant-${i}-`],
        ] as const;
        if (what.endsWith('1.0')) {
          const series = { labels: labels.map(([name, value]) => ({ name, value })) };
          return write(
            server,
            encode('remotewrite.V1.WriteRequest', { timeseries: Array(size).fill(series) }),
            headers,
          );
        }
        const series = { labelsRefs: [1, 2, 3, 4] };
        const request = { symbols: ['', ...labels.flat()], timeseries: Array(size).fill(series) };
        return write(server, encode('remotewrite.V2.Request', request), {
          ...headers,
          'content-type': V2_TYPE,
        });
      });
      for (const reply of await Promise.all(pushes)) expect(reply.status).toBeLessThan(300);
      expect(server.stored).toHaveLength(60);
      for (const { headers, body } of server.stored) {
        const plain = what === 'logs' ? body : (uncompressSync(body, { copyOutputData: true }) as Buffer);
        const tenants = new Set(plain.toString('latin1').match(/tenant-\d+-/g));
        expect([...tenants]).toEqual([headers['x-scope-orgid']]);
      }
    },
  );
});

describe('a tenant above its limits', () => {
  const SAMPLES = { samplesPerSecond: 1, samplesBurst: 10 };

  it('gets 429, which limit it is and when to come back; nothing is forwarded', async () => {
    const server = await start({ limits: SAMPLES });
    expect(await write(server, writeRequestV1(8))).toMatchObject({ status: 204 });
    const reply = await write(server, writeRequestV1(8));
    expect(reply.status).toBe(429);
    expect(reply.headers.get('retry-after')).toMatch(/^[56]$/);
    expect(reply.body.toString()).toMatch(
      /limit of 1 metric samples a second \(burst 10\); send less, or ask/,
    );
    expect(await post(server, '/v1/metrics', PAYLOADS.metrics)).toMatchObject({ status: 429 });
    expect(server.stored).toHaveLength(1);
    const other = { authorization: 'Bearer other' };
    expect(await write(server, writeRequestV1(8), other)).toMatchObject({ status: 204 });
  });

  it.each([
    ['/v1/logs', 'logBytes', LOGS],
    ['/v1/traces', 'traceBytes', PAYLOADS.traces],
  ] as const)('on %s is counted in bytes', async (path, limit, body) => {
    const server = await start({ limits: { [`${limit}PerSecond`]: 1, [`${limit}Burst`]: body.length } });
    expect(await post(server, path, body)).toMatchObject({ status: 200 });
    const reply = await post(server, path, gzipSync(body), { 'content-encoding': 'gzip' });
    expect(reply.status).toBe(429);
    expect(statusOf(reply)).toMatchObject({ code: 8 });
  });

  it('with a batch that can never pass gets 413', async () => {
    const server = await start({ limits: SAMPLES });
    expect(await write(server, writeRequestV1(11))).toMatchObject({ status: 413 });
  });

  it('with a line that is too long gets 413, and none of the batch is stored', async () => {
    const server = await start({ limits: { lineBytes: 100 } });
    const record = (text: string): object => ({
      body: { stringValue: text },
      attributes: [attribute('a', 'b')],
    });
    const body = encode('otlp.ExportLogsServiceRequest', {
      resourceLogs: [{ scopeLogs: [{ logRecords: [record('short'), record('x'.repeat(101))] }] }],
    });
    expect(await postLogs(server, {}, body)).toMatchObject({ status: 413 });
    expect(server.stored).toHaveLength(0);
  });

  it('is not charged for what could not be stored', async () => {
    const server = await start({ limits: SAMPLES });
    server.answer((_push, response) => response.writeHead(503).end());
    for (let i = 0; i < 3; i++) expect(await write(server, writeRequestV1(8))).toMatchObject({ status: 503 });
    server.answer((_push, response) => response.writeHead(204).end());
    expect(await write(server, writeRequestV1(8))).toMatchObject({ status: 204 });
  });

  it('and a key with limits of its own is held to those too', async () => {
    const server = await start({ keyLimits: { samplesBurst: 5, lineBytes: 10 } });
    expect(await write(server, writeRequestV1(6))).toMatchObject({ status: 413 });
    expect(await write(server, writeRequestV1(5))).toMatchObject({ status: 204 });
  });

  it('can see what was refused, and why', async () => {
    const server = await start({ limits: SAMPLES });
    await write(server, writeRequestV1(11));
    await write(server, writeRequestV1(12));
    await post(server, '/v1/logs', Buffer.from('nonsense'));
    expect(server.usage.take()?.rejections).toMatchObject([
      {
        keyId: 'test',
        signal: 'metrics',
        reason: 'too_large',
        status: 413,
        count: 2,
        detail: expect.stringMatching(/^11 /),
      },
      { keyId: 'test', signal: 'logs', status: 400, count: 1 },
    ]);
  });
});

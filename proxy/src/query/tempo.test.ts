// Tempo's replies that are made here: traces by id and the values of a tag.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OTHER_TENANT, startTestProxy, TENANT } from '../../test/query/testing.ts';
import type { Answer, TestProxy } from '../../test/query/testing.ts';
import { bytesField } from '../ingest/wire.ts';

const ID = 'abcdef0123456789abcdef0123456789';
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy();
});
afterAll(() => proxy.close());
beforeEach(() => {
  proxy.recorded.length = 0;
});

const answer = (status: number, body: string | Buffer, type = 'application/json'): void =>
  proxy.answerWith((_request, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  });

describe.each(['/tempo/api/traces/', '/tempo/api/v2/traces/'])('%s', (path) => {
  const isV2 = path.includes('v2');
  const batch = (tenantId: string): object => ({
    resource: { attributes: [{ key: 'tenant_id', value: { stringValue: tenantId } }] },
  });
  const reply = (...tenants: string[]): string => {
    const all = tenants.map(batch);
    return JSON.stringify(isV2 ? { trace: { resourceSpans: all }, metrics: {} } : { batches: all });
  };
  const message = (...parts: Buffer[]): Buffer => Buffer.concat(parts);
  const text = (field: number, value: string): Buffer => bytesField(field, Buffer.from(value));
  const protobuf = (...tenants: string[]): Buffer => {
    const all = tenants.map((tenantId) => {
      const attribute = message(text(1, 'tenant_id'), bytesField(2, text(1, tenantId)));
      return bytesField(1, bytesField(1, bytesField(1, attribute)));
    });
    return isV2 ? bytesField(1, message(...all)) : message(...all);
  };

  it('asks for JSON without compression, and passes the time range on', async () => {
    answer(200, reply(TENANT));
    const headers = ['accept', 'text/html, application/protobuf', 'accept-encoding', 'gzip'];
    await proxy.ask(`${path}${ID}?start=1&end=2`, { headers });
    const [asked] = proxy.recorded;
    expect(asked).toMatchObject({ url: `${path.slice('/tempo'.length)}${ID}?start=1&end=2` });
    expect(asked?.headers).toMatchObject({ accept: 'application/json', 'x-scope-orgid': TENANT });
    expect(asked?.headers).not.toHaveProperty('accept-encoding');
  });

  it('shows of a shared trace what is the caller’s own (class 25)', async () => {
    answer(200, reply(OTHER_TENANT, TENANT));
    const { status, text: body } = await proxy.ask(path + ID);
    expect([status, body]).toEqual([200, expect.not.stringContaining(OTHER_TENANT)]);
    expect(body).toContain(TENANT);
  });

  it('does the same in protobuf', async () => {
    answer(200, protobuf(OTHER_TENANT, TENANT, OTHER_TENANT), 'application/protobuf');
    const reply = await proxy.ask(path + ID, { headers: ['accept', 'application/protobuf'] });
    expect(proxy.recorded[0]?.headers.accept).toBe('application/protobuf');
    expect(reply.headers['content-type']).toBe('application/protobuf');
    expect(reply.body).toEqual(protobuf(TENANT));
  });

  it('answers alike for a trace of others, an empty one and none at all (class 25)', async () => {
    const seen: unknown[] = [];
    const ask = async (headers: string[] = []): Promise<void> => {
      const { status, headers: replied, text: body } = await proxy.ask(path + ID, { headers });
      const { 'x-request-id': id, date: _date, ...rest } = replied;
      seen.push([status, rest, body.replaceAll(String(id), 'ID')]);
    };
    answer(200, reply(OTHER_TENANT));
    await ask();
    answer(200, reply());
    await ask();
    answer(404, '');
    await ask();
    answer(404, 'trace not found', 'text/plain');
    await ask();
    answer(200, protobuf(OTHER_TENANT), 'application/protobuf');
    await ask(['accept', 'application/protobuf']);
    answer(200, '', 'application/protobuf');
    await ask(['accept', 'application/protobuf']);
    expect(seen[0]).toEqual([404, expect.anything(), expect.stringContaining('no such trace')]);
    expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  it('says 502 to what it cannot read, and passes refusals on', async () => {
    answer(200, '{"batches":');
    expect(await proxy.ask(path + ID)).toMatchObject({ status: 502 });
    answer(422, 'trace too large', 'text/plain');
    expect(await proxy.ask(path + ID)).toMatchObject({ status: 422, text: 'trace too large' });
  });
});

describe('the values of a tag', () => {
  const valuesOf = (tag: string, query = ''): Promise<Answer> =>
    proxy.ask(`/tempo/api/v2/search/tag/${tag}/values${query}`);
  const asked = (): string[] =>
    proxy.recorded.map(({ url }) =>
      decodeURIComponent(decodeURIComponent(url)).replace('/api/v2/search/tag/', ''),
    );
  const OURS = `{ resource.tenant_id="${TENANT}" }`;

  it('without a scope are asked for in each scope, and merged (class 23)', async () => {
    proxy.answerWith((request, response) => {
      const scope = /tag\/(\w+)\./.exec(request.url ?? '')?.[1] ?? '';
      const tagValues = [
        { type: 'string', value: 'everywhere' },
        { type: 'string', value: scope },
        { type: 'int', value: '1' },
      ];
      response.end(JSON.stringify({ tagValues, metrics: { inspectedBytes: '9' } }));
    });
    const { text } = await valuesOf('.a.b');
    const path = (scope: string): string => `${scope}.a.b/values?q=${OURS}`;
    expect(asked().sort()).toEqual([path('instrumentation'), path('resource'), path('span')]);
    expect(JSON.parse(text)).toEqual({
      tagValues: [
        { type: 'string', value: 'everywhere' },
        { type: 'string', value: 'resource' },
        { type: 'int', value: '1' },
        { type: 'string', value: 'span' },
        { type: 'string', value: 'instrumentation' },
      ],
      metrics: {},
    });
    expect(JSON.parse((await valuesOf('.a.b', '?limit=2')).text)).toMatchObject({ tagValues: { length: 2 } });
  });

  it('are those of no scope when one of them cannot be asked', async () => {
    proxy.answerWith((request, response) => {
      response.writeHead(request.url?.includes('span.') ? 429 : 200);
      response.end(request.url?.includes('span.') ? 'slow down' : '{}');
    });
    expect(await valuesOf('.a')).toMatchObject({ status: 429, text: 'slow down' });
    proxy.answerWith((_request, response) => response.end('<html>'));
    expect(await valuesOf('.a')).toMatchObject({ status: 502 });
  });

  it.each([
    ['rootName', 'name'],
    ['trace:rootName', 'name'],
    ['rootServiceName', 'resource.service.name'],
    ['trace:rootService', 'resource.service.name'],
  ])('%s is asked as %s of the caller’s own root spans (class 24)', async (tag, ofSpan) => {
    answer(200, '{}');
    await valuesOf(tag, `?q=${encodeURIComponent('{ span.a = 1 }')}&limit=7`);
    expect(proxy.recorded[0]?.path).toBe(`/api/v2/search/tag/${ofSpan}/values`);
    const params = proxy.recorded[0]?.params;
    expect(params?.get('q')).toBe(`{ resource.tenant_id="${TENANT}" && span.a = 1 && nestedSetParent < 0 }`);
    expect(params?.get('limit')).toBe('7');
  });

  it.each([
    ['span.a%252Fb', 'span.a/b'],
    ['span.a%2520b', 'span.a b'],
    ['span.%2522a%2522', 'span."a"'],
    ['span.a+b', 'span.a b'],
    ['resource.x%253F%2526q%253D', 'resource.x?&q='],
  ])('%s is encoded anew as Tempo decodes it: twice', async (segment, tag) => {
    answer(200, '{}');
    await valuesOf(segment);
    expect(proxy.recorded[0]?.path).toBe(
      `/api/v2/search/tag/${encodeURIComponent(encodeURIComponent(tag))}/values`,
    );
  });
});

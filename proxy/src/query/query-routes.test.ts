// The query surface at the wire: what a client sends, and what then reaches a store. Class numbers are those of
// the isolation failures that the test would let in.
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { credentialOf, OTHER_TENANT, startTestProxy, TENANT } from '../../test/query/testing.ts';
import type { Answer, AskOptions, Recorded, TestProxy } from '../../test/query/testing.ts';

const q = encodeURIComponent;
const FORM = ['content-type', 'application/x-www-form-urlencoded'];

const pushKey = credentialOf('ingestion-key', 'push');
const logsToken = credentialOf('query-token', 'logs');
const expiredToken = credentialOf('query-token', 'expired');
const common = { id: 'AbCdEfGhIjKl', tenantId: TENANT, expiresAt: null };
const expiresAt = '2020-01-01T00:00:00.000Z';

let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy({
    requestTimeoutMs: 1_000,
    credentials: {
      [pushKey]: { ...common, kind: 'ingestion-key', signals: ['logs', 'metrics', 'traces'] },
      [logsToken]: { ...common, kind: 'query-token', signals: ['logs'] },
      [expiredToken]: { ...common, kind: 'query-token', signals: ['metrics'], expiresAt },
    },
  });
});
afterAll(() => proxy.close());
beforeEach(() => {
  proxy.recorded.length = 0;
  proxy.answerWith((_request, response) => response.end('{}'));
});

function only(): Recorded {
  expect(proxy.recorded).toHaveLength(1);
  return proxy.recorded[0] as Recorded;
}

/** Sends it, expects a refusal with this status, and that nothing reached a store. */
async function refused(status: number, path: string, options: AskOptions = {}): Promise<Answer> {
  const answer = await proxy.ask(path, options);
  expect(answer).toMatchObject({ status });
  expect(answer.text).not.toMatch(/\bat .*\.ts:\d+/);
  expect(proxy.recorded).toEqual([]);
  return answer;
}

describe('the canonical request', () => {
  // What is asked ==> what reaches the store, decoded. T is the tenant's matcher, S the tenant's span condition.
  const cases = `
    /prometheus/api/v1/query?query=up&time=1&timeout=30s&limit=5&lookback_delta=1m&stats=all ==> /api/v1/query?query=up{T}&time=1&timeout=30s&limit=5&lookback_delta=1m&stats=all
    /prometheus/api/v1/query?query=1%2B1 ==> /api/v1/query?query=1+1
    /prometheus/api/v1/query_range?query=up&start=1&end=2.5&step=15 ==> /api/v1/query_range?query=up{T}&start=1&end=2.5&step=15
    /prometheus/api/v1/query_exemplars?query=test&start=1764000000000&end= ==> /api/v1/query_exemplars?query=test{T}&start=1764000000000
    /prometheus/api/v1/series ==> /api/v1/series?match[]={T}
    /prometheus/api/v1/series?match[]=a&match%5B%5D=b ==> /api/v1/series?match[]=a{T}&match[]=b{T}
    /prometheus/api/v1/labels?limit=40000 ==> /api/v1/labels?limit=40000&match[]={T}
    /prometheus/api/v1/label/__name__/values?start=1 ==> /api/v1/label/__name__/values?start=1&match[]={T}
    /prometheus/api/v1/label/U__a_2e_b/values ==> /api/v1/label/U__a_2e_b/values?match[]={T}
    /prometheus/api/v1/label/a%20%C3%A4/values ==> /api/v1/label/a ä/values?match[]={T}
    /prometheus/api/v1/status/buildinfo ==> /api/v1/status/buildinfo
    /loki/api/v1/query?query=vector(1)%2Bvector(1)&direction=backward ==> /loki/api/v1/query?query=vector(1)+vector(1)&direction=backward
    /loki/api/v1/query_range?query={a="b"}&step=1000ms&start=1764000000000000000 ==> /loki/api/v1/query_range?query={T, a="b"}&step=1000ms&start=1764000000000000000
    /loki/api/v1/labels ==> /loki/api/v1/labels?query={T}
    /loki/api/v1/labels?query= ==> /loki/api/v1/labels?query={T}
    /loki/api/v1/labels?query={}&since=1h ==> /loki/api/v1/labels?query={T}&since=1h
    /loki/api/v1/label/app/values ==> /loki/api/v1/label/app/values?query={T}
    /loki/api/v1/series ==> /loki/api/v1/series?match[]={T}
    /loki/api/v1/series?match[]={} ==> /loki/api/v1/series?match[]={T}
    /loki/api/v1/series?match={a="1"}&match[]={b="2"} ==> /loki/api/v1/series?match[]={T, a="1"}&match[]={T, b="2"}
    /loki/api/v1/index/stats ==> /loki/api/v1/index/stats?query={T}
    /loki/api/v1/index/volume?targetLabels=a,b&aggregateBy=labels ==> /loki/api/v1/index/volume?targetLabels=a,b&aggregateBy=labels&query={T}
    /loki/api/v1/index/volume_range?step=60 ==> /loki/api/v1/index/volume_range?step=60&query={T}
    /loki/api/v1/patterns ==> /loki/api/v1/patterns?query={T}
    /loki/api/v1/detected_labels ==> /loki/api/v1/detected_labels?query={T}
    /loki/api/v1/detected_fields?query={a="b"} | json&limit=1000 ==> /loki/api/v1/detected_fields?query={T, a="b"} | json&limit=1000
    /loki/api/v1/detected_field/a.b/values?query={a="b"} ==> /loki/api/v1/detected_field/a.b/values?query={T, a="b"}
    /loki/api/v1/status/buildinfo ==> /loki/api/v1/status/buildinfo
    /loki/api/v1/drilldown-limits ==> /loki/api/v1/drilldown-limits
    /tempo/api/echo ==> /api/echo
    /tempo/api/status/buildinfo ==> /api/status/buildinfo
    /tempo/api/search?limit=20&spss=3&start=1&end=2 ==> /api/search?limit=20&spss=3&start=1&end=2&q={ S }
    /tempo/api/search?q={ .a = 1 } ==> /api/search?q={ S && ( .a = 1 ) }
    /tempo/api/v2/search/tags?scope=span ==> /api/v2/search/tags?scope=span&q={ S }
    /tempo/api/v2/search/tags?q={ .a = 1 || span.b = 2 } ==> /api/v2/search/tags?q={ S }
    /tempo/api/v2/search/tag/span.http.route/values?q={ span.b = 2 } ==> /api/v2/search/tag/span.http.route/values?q={ S && span.b = 2 }
    /tempo/api/v2/search/tag/span.a/values?tag=.b&limit=5000 ==> /api/v2/search/tag/span.a/values?limit=5000&q={ S }
    /tempo/api/v2/search/tag/span.a%252Fb/values ==> /api/v2/search/tag/span.a%2Fb/values?q={ S }
    /tempo/api/metrics/query_range?q={} | rate()&step=1m&exemplars=10 ==> /api/metrics/query_range?q={ S } | rate()&step=1m&exemplars=10
    /tempo/api/metrics/query?query={} | rate() ==> /api/metrics/query?q={ S } | rate()
  `
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' ==> ') as [string, string]);

  it.each(cases)('%s', async (asked, expected) => {
    const answer = await proxy.ask(asked.replace(/[ "{}|]/g, q));
    expect(answer).toMatchObject({ status: 200, text: '{}' });
    expect(decodeURIComponent(only().url)).toBe(
      expected
        .replaceAll('{T', `{tenant_id="${TENANT}"`)
        .replaceAll('{ S ', `{ resource.tenant_id="${TENANT}" `)
        .replaceAll('", ', '",'),
    );
  });

  it('is a GET without a body when short, and a form when long', async () => {
    await proxy.ask('/prometheus/api/v1/query', { method: 'POST', headers: FORM, body: 'query=up' });
    expect(only()).toMatchObject({ method: 'GET', body: '' });
    proxy.recorded.length = 0;
    await proxy.ask(`/prometheus/api/v1/query?query=${q(`up{a="${'x'.repeat(5_000)}"}`)}`);
    expect(only()).toMatchObject({ method: 'POST', url: '/api/v1/query' });
    expect(only().headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(only().params.get('query')).toContain(TENANT);
  });

  it('is never a form where the store reads the URL alone', async () => {
    await proxy.ask(`/tempo/api/search?q=${q(`{ .a = "${'x'.repeat(5_000)}" }`)}`);
    expect(only().method).toBe('GET');
  });

  it('unites the parameters of the URL and of the body', async () => {
    const form = { method: 'POST', headers: FORM, body: 'limit=1' };
    await proxy.ask('/prometheus/api/v1/series?match[]=b', form);
    expect([...only().params.keys()]).toEqual(['match[]', 'limit']);
  });
});

describe('parameters', () => {
  it.each([
    ['repeated', '/prometheus/api/v1/query?query=up&query=up'],
    ['repeated, empty first', '/prometheus/api/v1/query?query=&query=up'],
    ['repeated, empty last', '/prometheus/api/v1/query?query=up&query='],
    ['repeated under an escaped name', '/prometheus/api/v1/query?query=up&%71uery=down'],
    ['repeated under two names', `/tempo/api/metrics/query?q=${q('{}|rate()')}&query=${q('{}|rate()')}`],
    ['repeated without being a query', '/prometheus/api/v1/query?query=up&time=1&time=2'],
    ['unlisted', '/prometheus/api/v1/query?query=up&extra_filters[]=x'],
    ['unlisted: an alias', '/prometheus/api/v1/series?match=up'],
    ['unlisted: in another case', '/prometheus/api/v1/query?Query=up'],
    ['unlisted: shards', `/loki/api/v1/query_range?query=${q('{a="b"}')}&shards=0_of_2`],
    ['unlisted: regexp', `/loki/api/v1/query_range?query=${q('{a="b"}')}&regexp=.*`],
    ['unlisted: tags', '/tempo/api/search?tags=a%3Db'],
    ['unlisted: minDuration', '/tempo/api/search?minDuration=1s'],
    ['unlisted: any name of the old search', '/tempo/api/search?service.name=x'],
    ['unlisted: without a name', '/prometheus/api/v1/query?query=up&=x'],
    ['missing', '/prometheus/api/v1/query'],
    ['missing: empty', '/loki/api/v1/query?query='],
    ['malformed: time', '/prometheus/api/v1/query?query=up&time=now'],
    ['malformed: step', '/prometheus/api/v1/query_range?query=up&step=1%20s'],
    ['malformed: limit', `/loki/api/v1/query?query=${q('vector(1)')}&limit=all`],
    ['malformed: scope', '/tempo/api/v2/search/tags?scope=parent'],
    ['malformed: labels', `/loki/api/v1/index/volume?targetLabels=${q('a}b')}`],
    ['badly encoded', '/prometheus/api/v1/query?query=%zz'],
    ['no UTF-8', '/prometheus/api/v1/query?query=%ff'],
    ['NUL', '/prometheus/api/v1/query?query=up%00'],
    ['an empty selector', '/prometheus/api/v1/series?match[]='],
    ['no selector', `/prometheus/api/v1/series?match[]=${q('rate(a[5m])')}`],
    ['too many', `/prometheus/api/v1/series?${'match[]=a&'.repeat(257)}`],
  ])('are refused when %s (classes 1, 3, 4)', async (_what, path) => {
    await refused(400, path);
  });

  it('are refused when they are too long together, and would hold everybody else up', async () => {
    const body = `match[]=${'a'.repeat(5_000)}&`.repeat(14);
    const { text } = await refused(400, '/prometheus/api/v1/series', { method: 'POST', headers: FORM, body });
    expect(text).toContain('65536');
  });

  it('names the parameter and the ones that are known', async () => {
    const { text } = await refused(400, '/prometheus/api/v1/query?query=up&dedup=true');
    expect(JSON.parse(text)).toMatchObject({
      error: expect.stringMatching(/"dedup".*query, time/) as unknown,
    });
  });
});

describe('bodies (class 2)', () => {
  const path = '/prometheus/api/v1/query';
  const post = (headers: string[], body: string | Buffer): AskOptions => ({ method: 'POST', headers, body });

  it.each([
    ['JSON', 415, post(['content-type', 'application/json'], '{"query":"up"}')],
    ['multipart', 415, post(['content-type', 'multipart/form-data; boundary=x'], '--x--')],
    ['no type', 415, post([], 'query=up')],
    ['two types', 400, post([...FORM, 'content-type', 'text/plain'], 'query=up')],
    ['compressed', 415, post([...FORM, 'content-encoding', 'gzip'], 'query=up')],
    ['no UTF-8', 400, post(FORM, Buffer.from([0x71, 0x3d, 0xff]))],
    ['too large', 413, post(FORM, `query=${'x'.repeat(1024 * 1024)}`)],
    ['on GET', 400, { body: 'query=down' }],
  ])('are refused when %s', async (_what, status, options) => {
    await refused(status, options.method ? path : `${path}?query=up`, options);
  });

  it('may not say again what the URL says', async () => {
    await refused(400, `${path}?query=up`, post(FORM, 'query=down'));
    await refused(400, '/prometheus/api/v1/series?match[]=a', post(FORM, 'match[]=b'));
  });

  it.each(['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is no method of a query', async (method) => {
    const { headers } = await refused(405, `${path}?query=up`, { method });
    expect(headers.allow).toBe('GET, POST');
  });

  it('has no method in a header', async () => {
    await proxy.ask(`${path}?query=up`, { headers: ['x-http-method-override', 'DELETE'] });
    expect(only()).toMatchObject({ method: 'GET' });
    expect(only().rawHeaders.join().toLowerCase()).not.toContain('override');
  });
});

describe('clients that take their time (class 7)', () => {
  it('are cut off when their request does not end', async () => {
    const reply = await raw(
      `POST /prometheus/api/v1/query HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nAuthorization: Bearer ${proxy.token}\r\nContent-Length: 9\r\n\r\nque`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 408/);
    expect(proxy.recorded).toEqual([]);
  });

  it('are told why they are refused while they are still sending, and not cut off', async () => {
    const body = 'a'.repeat(32 * 1024 * 1024);
    const head = `POST /prometheus/api/v1/query HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`;
    // `raw` rejects when the connection is reset under it.
    expect(await raw(head + body)).toMatch(/^HTTP\/1\.1 401[^]*connection: close/i);
  });
});

describe('paths (classes 5, 18, 21)', () => {
  it.each([
    ...[
      '/',
      '/prometheus',
      '/prometheus/api/v1/query/',
      '/prometheus//api/v1/query',
      '/Prometheus/api/v1/query',
    ],
    ...['/prometheus/api/v1/./query', '/prometheus/api/v1/x/../query', '/prometheus/api/v1/%71uery'],
    ...[
      '/prometheus%2Fapi/v1/query',
      '/prometheus/api/v1/query;a=b',
      '/api/v1/query',
      '/prometheus/api/v1/query.json',
    ],
    ...[
      '/prometheus/api/v1/label/a%2Fb/values',
      '/prometheus/api/v1/label/../values',
      '/prometheus/api/v1/label//values',
    ],
    ...[
      '/prometheus/api/v1/label/%2e%2e/values',
      '/prometheus/api/v1/label/a%5Cb/values',
      '/prometheus/api/v1/label/%zz/values',
    ],
    ...[
      '/prometheus/federate',
      '/prometheus/api/v1/read',
      '/prometheus/api/v1/targets',
      '/prometheus/api/v1/status/tsdb',
    ],
    ...[
      '/prometheus/api/v1/status/config',
      '/prometheus/api/v1/status/flags',
      '/prometheus/api/v1/targets/metadata',
    ],
    ...[
      '/prometheus/api/v1/notifications',
      '/prometheus/api/v1/admin/tsdb/snapshot',
      '/prometheus/api/v1/query_cost',
    ],
    ...['/prometheus/api/v1/search/label_values', '/prometheus/api/v1/cardinality/label_names'],
    ...[
      '/loki/api/v1/push',
      '/loki/api/v1/delete',
      '/loki/api/v1/rules',
      '/loki/api/v1/index/shards',
      '/ring',
      '/config',
    ],
    ...[
      '/loki/api/v1/format_query',
      '/api/prom/query',
      '/api/prom/label',
      '/services',
      '/loki/api/v1/cache/generation_numbers',
    ],
    ...[
      '/tempo/api/search/tags',
      '/tempo/api/search/tag/x/values',
      '/tempo/api/metrics/summary',
      '/tempo/api/overrides',
    ],
    ...['/tempo/status/config', '/tempo/flush', '/tempo/api/traces', '/tempo/api/traces/'],
  ])('%s is not there', async (path) => {
    await refused(404, path);
    await refused(404, path, { method: 'POST', headers: FORM, body: 'query=up' });
  });

  it.each([
    '/loki/api/v1/label/a.b/values',
    '/loki/api/v1/label/a%7B/values',
    '/tempo/api/traces/xyz',
    '/tempo/api/v2/traces/0123456789abcdef0123456789abcdef0',
    '/tempo/api/v2/search/tag/x/values',
    '/tempo/api/v2/search/tag/parent.x/values',
    '/tempo/api/v2/search/tag/span./values',
    '/tempo/api/v2/search/tag/trace:id/values',
  ])('%s holds a segment of the wrong form', async (path) => {
    await refused(400, path);
  });

  it('an absolute target does not choose the store', async () => {
    const reply = await raw(
      `GET http://evil.test/prometheus/api/v1/query?query=up HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${proxy.token}\r\n\r\n`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 404/);
    expect(proxy.recorded).toEqual([]);
  });
});

describe('headers (classes 7, 8)', () => {
  const path = '/loki/api/v1/labels';
  const scopes = ({ rawHeaders }: Recorded): string[] =>
    rawHeaders.filter((name, i) => i % 2 === 0 && /scope|tenant|org/i.test(name));

  it.each([
    [['X-Scope-OrgID', OTHER_TENANT]],
    [['x-scope-orgid', OTHER_TENANT, 'X-SCOPE-ORGID', `${TENANT}|${OTHER_TENANT}`]],
    [['X_Scope_OrgID', OTHER_TENANT]],
    [['Connection', 'keep-alive, X-Scope-OrgID']],
    [['X-Prom-Label-Policy', 'x', 'THANOS-TENANT', OTHER_TENANT, 'X-Grafana-Org-Id', '7']],
  ])('%j: the store sees one tenant, ours', async (headers) => {
    await proxy.ask(path, { headers });
    expect(scopes(only())).toEqual(['x-scope-orgid']);
    expect(only().headers['x-scope-orgid']).toBe(TENANT);
  });

  it('nothing else of the client gets through', async () => {
    const curious = [
      'x-forwarded-for',
      '1.2.3.4',
      'cookie',
      'a=b',
      'x-query-tags',
      'x',
      'cache-control',
      'no-cache',
    ];
    await proxy.ask(path, {
      headers: [...curious, 'accept-encoding', 'br, gzip', 'accept', 'application/x-parquet'],
    });
    const names = only().rawHeaders.filter((_, i) => i % 2 === 0);
    expect(names.map((name) => name.toLowerCase()).sort()).toEqual([
      'accept-encoding',
      'connection',
      'host',
      'x-scope-orgid',
    ]);
    expect(only().headers['accept-encoding']).toBe('gzip');
    expect(only().rawHeaders.join()).not.toContain(proxy.token);
  });

  it('Loki is asked for categorized labels when the client can read them, and in no other words', async () => {
    await proxy.ask(path, { headers: ['X-Loki-Response-Encoding-Flags', 'categorize-labels'] });
    await proxy.ask(path, { headers: ['X-Loki-Response-Encoding-Flags', 'categorize-labels,x'] });
    expect(proxy.recorded.map(({ headers }) => headers['x-loki-response-encoding-flags'])).toEqual([
      'categorize-labels',
      undefined,
    ]);
  });

  it.each([
    ['gzip', 'gzip'],
    ['br, gzip;q=0.5', 'gzip'],
    ['gzip;q=0, br', undefined],
    ['br', undefined],
  ])('a client that accepts %j gets no other encoding', async (accepted, asked) => {
    await proxy.ask(path, { headers: ['accept-encoding', accepted] });
    expect(only().headers['accept-encoding']).toBe(asked);
  });

  it('h2c is not spoken', async () => {
    const reply = await raw(
      `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${proxy.token}\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 200/);
    expect(only().rawHeaders.join().toLowerCase()).not.toMatch(/h2c|http2/);
  });

  it.each([
    ['both lengths', 'Content-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'Content-Length: 8\r\nContent-Length: 9\r\n\r\nquery=up'],
    ['a folded header', 'X-A: b\r\n c\r\n\r\n'],
  ])('smuggling by %s is refused', async (_what, rest) => {
    const reply = await raw(
      `POST /prometheus/api/v1/query HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${proxy.token}\r\nContent-Type: application/x-www-form-urlencoded\r\n${rest}`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 400/);
    expect(proxy.recorded).toEqual([]);
  });
});

describe('callers (classes 9, 10)', () => {
  const path = '/prometheus/api/v1/query?query=up';
  const basic = (user: string, password: string): string =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  it('are told by Bearer, basic auth or X-API-Key', async () => {
    const ways = [
      ['authorization', `Bearer ${proxy.token}`],
      ['authorization', basic('any user', proxy.token)],
      ['x-api-key', proxy.token],
    ];
    for (const headers of ways) {
      expect(await proxy.ask(path, { headers, anonymous: true })).toMatchObject({ status: 200 });
    }
    expect(new Set(proxy.recorded.map(({ headers }) => headers['x-scope-orgid']))).toEqual(new Set([TENANT]));
  });

  it.each([
    ['nobody', 401, []],
    ['a word', 401, ['authorization', 'Bearer x']],
    ['an empty password', 401, ['authorization', basic('x', '')]],
    ['a tenant id', 401, ['authorization', `Bearer ${TENANT}`]],
    ['a credential that nobody issued', 401, ['x-api-key', credentialOf('query-token', 'nobody')]],
    ['an expired one', 401, ['x-api-key', expiredToken]],
    ['an ingestion key', 403, ['x-api-key', pushKey]],
    ['a token for logs', 403, ['x-api-key', logsToken]],
    ['two tokens', 400, ['x-api-key', logsToken, 'authorization', `Bearer ${pushKey}`]],
    ['a token twice', 400, ['x-api-key', logsToken, 'x-api-key', logsToken]],
  ])('%s: %d', async (_who, status, headers) => {
    const answer = await refused(status, path, { headers, anonymous: true });
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'error' });
    expect(answer.text).not.toMatch(/ob[kq]_\w{20}/);
  });

  it('are told before anything is said about their query', async () => {
    await refused(401, '/prometheus/api/v1/query?query=up{', { anonymous: true });
    await refused(401, '/prometheus/api/v1/metadata', { anonymous: true });
    await refused(401, '/tempo/api/echo', { anonymous: true });
  });

  it('each get their own tenant, also for the same query', async () => {
    await proxy.ask(path);
    await proxy.ask(path, { headers: ['authorization', `Bearer ${proxy.otherToken}`] });
    await proxy.ask(path);
    const tenants = [TENANT, OTHER_TENANT, TENANT];
    expect(proxy.recorded.map(({ params }) => params.get('query'))).toEqual(
      tenants.map((tenant) => `up{tenant_id="${tenant}"}`),
    );
    expect(proxy.recorded.map(({ headers }) => headers['x-scope-orgid'])).toEqual(tenants);
  });
});

describe('answers', () => {
  it('pass through as they come, with the headers that describe them', async () => {
    proxy.answerWith((_request, response) => {
      response.writeHead(422, {
        'content-type': 'application/json',
        'retry-after': '7',
        server: 'x',
        'set-cookie': 'a=b',
        via: 'x',
        location: 'http://store/',
        'access-control-allow-origin': '*',
      });
      response.end('{"status":"error"}');
    });
    const answer = await proxy.ask('/prometheus/api/v1/query?query=up');
    expect(answer).toMatchObject({ status: 422, text: '{"status":"error"}' });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'retry-after': '7' });
    for (const name of ['server', 'set-cookie', 'via', 'location', 'access-control-allow-origin']) {
      expect(answer.headers).not.toHaveProperty(name);
    }
  });

  it('do not lead elsewhere (class 7)', async () => {
    proxy.answerWith((_request, response) => {
      response.writeHead(302, { location: '/api/v1/query?query=down' });
      response.end();
    });
    expect(await proxy.ask('/prometheus/api/v1/query?query=up')).toMatchObject({ status: 502 });
    expect(proxy.recorded).toHaveLength(1);
  });

  it('of rules, alerts and metadata are empty, and no store is asked (class 18)', async () => {
    const data = async (path: string): Promise<unknown> => {
      const { status, text } = await proxy.ask(`/prometheus/api/v1/${path}`);
      return [status, JSON.parse(text)];
    };
    expect(await data('rules?type=alert')).toEqual([200, { status: 'success', data: { groups: [] } }]);
    expect(await data('alerts')).toEqual([200, { status: 'success', data: { alerts: [] } }]);
    expect(await data('metadata?limit=40000')).toEqual([200, { status: 'success', data: {} }]);
    expect(proxy.recorded).toEqual([]);
  });

  it('say where a query is wrong, to each client in its own shape', async () => {
    const prometheus = await refused(400, `/prometheus/api/v1/query?query=${q('up{')}`);
    expect(JSON.parse(prometheus.text)).toEqual({
      status: 'error',
      errorType: 'bad_data',
      error: expect.stringContaining('line 1, column 3') as unknown,
    });
    const loki = await refused(400, `/loki/api/v1/query?query=${q('{a="b"')}`);
    expect(loki.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(loki.text)).toMatchObject({
      status: 400,
      message: expect.stringContaining('line 1, column 1') as unknown,
      errors: [{ location: 'query', position: { offset: 0, line: 1, column: 1 } }],
    });
  });
});

/** Sends bytes as they are and reads until the proxy closes, or has answered with its headers. */
function raw(request: string): Promise<string> {
  const { hostname, port } = new URL(proxy.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(request));
    let reply = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      reply += chunk;
      if (reply.includes('\r\n\r\n')) socket.end();
    });
    socket.on('close', () => resolve(reply));
    socket.on('error', reject);
  });
}

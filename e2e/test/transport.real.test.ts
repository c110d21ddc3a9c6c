// Classes 1 to 9 of docs/isolation.md: requests that two readers could read in two ways, sent byte by byte through a
// proxy in front of stores where only the label lock keeps tenants apart. Whatever the proxy makes of such a request,
// no neighbour's word may come back.
import { describe, expect, it } from '@jest/globals';
import { lines, rawRequest } from '../src/lab/raw-request.ts';
import { ALPHA as ME, othersThan } from '../src/lab/tenants.ts';
import { useLabelLocked } from '../src/lab/use-label-locked.ts';

const [VICTIM] = othersThan(ME) as [typeof ME];
const AUTH = `Authorization: Bearer ${ME.queryToken}`;
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const ALL = encodeURIComponent('{__name__=~".+"}');
const ALL_LOGS = encodeURIComponent('{namespace="shop"}');
const HOST = 'Host: proxy';

const get = (target: string, ...headers: string[]): string =>
  lines(`GET ${target} HTTP/1.1`, HOST, AUTH, ...headers);
const post = (target: string, body: string, ...headers: string[]): string =>
  `${lines(`POST ${target} HTTP/1.1`, HOST, AUTH, `Content-Length: ${Buffer.byteLength(body)}`, ...headers)}${body}`;

const locked = useLabelLocked();

const at = (): string => `time=${locked.lab.window.endMs / 1000 - 60}`;
const QUERY = '/prometheus/api/v1/query';
const SERIES = '/loki/api/v1/series';

/** What is sent, and the statuses that are right: a refusal, or 200 with what is the caller's own. */
type Attack = readonly [name: string, request: () => string, ...statuses: number[]];

async function ownOnly([, request, ...statuses]: Attack): Promise<string> {
  const reply = await rawRequest(locked.proxyUrl, request());
  expect(reply.text).not.toContain(VICTIM.secret);
  if (!statuses.includes(reply.status))
    expect(reply.text.slice(0, 600)).toBe(`one of ${statuses.join(', ')}`);
  return reply.text;
}

it('the attacks are aimed right: the same requests at the stores show the neighbour', async () => {
  const reply = await fetch(`${locked.lab.prometheus}/api/v1/query?query=${ALL}&${at()}`);
  expect(await reply.text()).toContain(VICTIM.secret);
  const own = await rawRequest(locked.proxyUrl, get(`${QUERY}?query=${ALL}&${at()}`));
  expect(own.text).toContain(ME.secret);
});

describe('class 1: one parameter given twice', () => {
  it.each<Attack>([
    ['twice in the URL', () => get(`${QUERY}?query=up&query=${ALL}&${at()}`), 400],
    ['empty first', () => get(`${QUERY}?query=&query=${ALL}&${at()}`), 400],
    ['empty last', () => get(`${QUERY}?query=${ALL}&query=&${at()}`), 400],
    ['in URL and body', () => post(`${QUERY}?query=up`, `query=${ALL}`, FORM), 400],
    ['in body and URL', () => post(`${QUERY}?query=${ALL}`, 'query=up', FORM), 400],
    ['with an encoded name', () => get(`${QUERY}?query=up&%71uery=${ALL}&${at()}`), 400],
    ['with another case', () => get(`${QUERY}?query=up&Query=${ALL}&${at()}`), 400],
    ['behind a semicolon', () => get(`${QUERY}?query=up;query=${ALL}&${at()}`), 400],
    ['behind a second question mark', () => get(`${QUERY}?query=up&${at()}?query=${ALL}`), 400],
    ['with a NUL', () => get(`${QUERY}?query=up%00&query=${ALL}`), 400],
  ])('%s', async (...attack) => {
    await ownOnly(attack);
  });
});

describe('class 2: a body that is not the form it is taken for', () => {
  const form = `query=${ALL}`;
  it.each<Attack>([
    [
      'JSON',
      () => post(QUERY, JSON.stringify({ query: '{__name__=~".+"}' }), 'Content-Type: application/json'),
      415,
    ],
    [
      'multipart',
      () => post(QUERY, `--x\r\n\r\n${form}\r\n--x--`, 'Content-Type: multipart/form-data; boundary=x'),
      415,
    ],
    ['no type', () => post(QUERY, form), 415],
    ['two types', () => post(QUERY, form, FORM, 'Content-Type: application/json'), 400],
    ['two types in one header', () => post(QUERY, form, `${FORM}, application/json`), 415],
    ['compressed, it says', () => post(QUERY, form, FORM, 'Content-Encoding: gzip'), 415],
    [
      'a body on GET',
      () => `${get(`${QUERY}?query=up&${at()}`, FORM, `Content-Length: ${form.length}`)}${form}`,
      400,
    ],
    ['not UTF-8', () => post(QUERY, 'query=%ff%fe', FORM), 400],
    ['HEAD', () => get(`${QUERY}?query=${ALL}`).replace('GET', 'HEAD'), 405],
    ['PUT', () => get(`${QUERY}?query=${ALL}`).replace('GET', 'PUT'), 405],
    ['DELETE on Loki', () => get(`/loki/api/v1/query?query=${ALL_LOGS}`).replace('GET', 'DELETE'), 405],
    [
      'a method override',
      () => get('/prometheus/api/v1/admin/tsdb/snapshot', 'X-HTTP-Method-Override: POST'),
      404,
    ],
    [
      'an override to DELETE',
      () => get(`/loki/api/v1/labels`, 'X-HTTP-Method: DELETE', 'X-Method-Override: PUT'),
      200,
    ],
  ])('%s', async (...attack) => {
    await ownOnly(attack);
  });
});

describe('classes 3 and 4: parameters by other names, and left out', () => {
  it.each<Attack>([
    ['both names of match', () => get(`${SERIES}?match=${ALL_LOGS}&match[]=${ALL_LOGS}`), 200],
    ['match with an index', () => get(`${SERIES}?match[0]=${ALL_LOGS}`), 400],
    ['extra_filters', () => get(`${QUERY}?query=up&extra_filters=${ALL}`), 400],
    ['extra_label', () => get(`${QUERY}?query=up&extra_label=tenant_id=${VICTIM.id}`), 400],
    ['shards', () => get(`/loki/api/v1/query_range?query=${ALL_LOGS}&shards=0_of_1`), 400],
    ['regexp', () => get(`/loki/api/v1/query_range?query=${ALL_LOGS}&regexp=.*`), 400],
    ['tags of the old search', () => get(`/tempo/api/search?tags=owner%3D${VICTIM.secret}`), 400],
    ['no match in Prometheus', () => get('/prometheus/api/v1/series'), 200],
    ['no match for labels', () => get('/prometheus/api/v1/labels'), 200],
    ['no match for values', () => get('/prometheus/api/v1/label/__name__/values'), 200],
    ['no match in Loki', () => get(SERIES), 200],
    ['an empty match', () => get(`${SERIES}?match[]=`), 200, 400],
    ['{} in Loki', () => get(`${SERIES}?match[]=%7B%7D`), 200],
    ['an empty query for labels', () => get('/loki/api/v1/labels?query='), 200, 400],
    ['no query for tags', () => get('/tempo/api/v2/search/tags'), 200],
    ['no query for a search', () => get('/tempo/api/search'), 200],
    ['an empty query for a search', () => get('/tempo/api/search?q='), 200, 400],
    ['no query at all', () => get(QUERY), 400],
  ])('%s', async (...attack) => {
    await ownOnly(attack);
  });
});

describe('classes 5, 18 and 21: paths, and what is not on the list', () => {
  const unlisted = [
    `${QUERY}/`,
    `/${QUERY}`,
    `/prometheus//api/v1/query`,
    `/prometheus/./api/v1/query`,
    `/prometheus/x/../api/v1/query`,
    `/prometheus/api/v1/%71uery`,
    `/prometheus/api/v1%2Fquery`,
    `/prometheus/api/v1/label/..%2f..%2fstatus%2fconfig%3f/values`,
    `/prometheus/api/v1/label/%2e%2e/values`,
    `/prometheus/api/v1/label/a%252fb/values/`,
    `/PROMETHEUS/api/v1/query`,
    `/prometheus/api/v1/query;x=y`,
    '/api/v1/query',
    '/loki/api/v1/query/../rules',
    '/tempo/api/traces/..%2f..%2fstatus',
    '/tempo/api/traces/../search',
    ...['federate', 'api/v1/read', 'api/v1/targets', 'api/v1/targets/metadata', 'api/v1/scrape_pools'],
    ...['api/v1/status/config', 'api/v1/status/flags', 'api/v1/status/tsdb', 'api/v1/status/runtimeinfo'],
    ...['api/v1/admin/tsdb/snapshot', 'api/v1/alertmanagers', 'api/v1/notifications', 'metrics', '-/reload'],
    ...['api/v1/format_query', 'api/v1/parse_query', 'api/v1/cardinality/label_names', 'debug/pprof/'],
  ].map((path) => (path.startsWith('/') ? path : `/prometheus/${path}`));
  const unlistedLoki = [
    ...['push', 'delete', 'rules', 'index/shards', 'format_query', 'cache/generation_numbers'],
  ].map((path) => `/loki/api/v1/${path}`);
  const others = [
    ...[
      '/api/prom/query',
      '/api/prom/label',
      '/ring',
      '/config',
      '/services',
      '/flush',
      '/ready',
      '/metrics',
    ],
    ...['/compactor/ring', '/ruler/ring', '/loki/api/v1/tail/'],
    ...['/tempo/api/search/tags', '/tempo/api/search/tag/owner/values', '/tempo/api/overrides'],
    ...[
      '/tempo/status/config',
      '/tempo/flush',
      '/tempo/api/metrics/summary',
      '/tempo/metrics',
      '/tempo/api/usage_metrics',
    ],
    ...['/healthz', '/readyz', '/', '/internal/v1/identity/events', '/alertmanager/api/v2/silences'],
  ];
  it.each([...unlisted, ...unlistedLoki, ...others])('%s is not there', async (path) => {
    for (const method of ['GET', 'POST']) {
      const reply = await rawRequest(
        locked.proxyUrl,
        get(
          `${path}?query=${ALL}&match[]=${ALL}`,
          ...(method === 'POST' ? ['Content-Length: 0'] : []),
        ).replace('GET', method),
      );
      expect({ path, method, status: reply.status }).toEqual({ path, method, status: 404 });
      expect(reply.text).not.toContain(VICTIM.secret);
    }
  });

  it.each<Attack>([
    ['an absolute target', () => get(`${locked.lab.prometheus}/api/v1/query?query=${ALL}&${at()}`), 400, 404],
    ['an absolute target of the proxy', () => get(`http://proxy${QUERY}?query=${ALL}&${at()}`), 400, 404],
    [
      'CONNECT',
      () => lines(`CONNECT ${new URL(locked.lab.prometheus).host} HTTP/1.1`, HOST, AUTH),
      0,
      400,
      404,
      405,
    ],
    ['*', () => get('*').replace('GET', 'OPTIONS'), 404, 405],
  ])('%s is no way around', async (...attack) => {
    await ownOnly(attack);
  });

  it('class 18: what Grafana asks for, and the stores answer for everyone, is answered empty', async () => {
    for (const path of ['metadata', 'rules', 'alerts']) {
      const { status, text } = await rawRequest(locked.proxyUrl, get(`/prometheus/api/v1/${path}`));
      expect(status).toBe(200);
      expect(text).not.toMatch(/http_requests_total|tenant_id/);
    }
  });
});

describe('class 7: smuggling and upgrades', () => {
  const hidden = () =>
    `GET ${QUERY}?query=${ALL}&${at()} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer nobody\r\n\r\n`;
  it.each<Attack>([
    [
      'Content-Length and Transfer-Encoding',
      () =>
        `${lines(`POST ${QUERY} HTTP/1.1`, HOST, AUTH, FORM, 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden()}`,
      400,
    ],
    [
      'two lengths',
      () =>
        `${lines(`POST ${QUERY} HTTP/1.1`, HOST, AUTH, FORM, 'Content-Length: 0', 'Content-Length: 5')}${hidden()}`,
      400,
    ],
    [
      'a length with a sign',
      () => `${lines(`POST ${QUERY} HTTP/1.1`, HOST, AUTH, FORM, 'Content-Length: +0')}${hidden()}`,
      400,
    ],
    [
      'chunked twice',
      () =>
        `${lines(`POST ${QUERY} HTTP/1.1`, HOST, AUTH, FORM, 'Transfer-Encoding: chunked, chunked')}0\r\n\r\n`,
      400,
    ],
    [
      'chunked with a space',
      () => `${lines(`POST ${QUERY} HTTP/1.1`, HOST, AUTH, FORM, 'Transfer-Encoding : chunked')}0\r\n\r\n`,
      400,
    ],
    ['identity', () => lines(`POST ${QUERY} HTTP/1.1`, HOST, AUTH, FORM, 'Transfer-Encoding: identity'), 400],
    ['a bare line feed', () => `GET ${QUERY}?query=up HTTP/1.1\n${HOST}\n${AUTH}\n\n`, 400],
    [
      'a folded header',
      () => get(`${QUERY}?query=up&${at()}`, 'X-A: b', ` X-Scope-OrgID: ${VICTIM.id}`),
      200,
      400,
    ],
    ['no Host', () => lines(`GET ${QUERY}?query=up HTTP/1.1`, AUTH), 400],
    ['a space in the target', () => get(`${QUERY}?query=up or ${ALL}`), 400],
    ['raw bytes in the target', () => get(`${QUERY}?query=\x80\xff`), 400],
    [
      'h2c',
      () =>
        get(
          `${QUERY}?query=up&${at()}`,
          'Upgrade: h2c',
          'HTTP2-Settings: AAMAAABkAAQAAP__',
          'Connection: Upgrade, HTTP2-Settings',
        ),
      200,
    ],
    ['HTTP/2 with prior knowledge', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    [
      'a WebSocket on a query',
      () =>
        get(
          `${QUERY}?query=up&${at()}`,
          'Upgrade: websocket',
          'Connection: Upgrade',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Version: 13',
        ),
      200,
    ],
  ])('%s', async (...attack) => {
    const text = await ownOnly(attack);
    expect(text).not.toMatch(/^HTTP\/1\.1 101/m);
    // One request, one answer: nothing of it was taken for a second request.
    expect(text.split(/^HTTP\/1\.1 200/m).length).toBeLessThanOrEqual(2);
  });
});

describe('classes 8 and 9: the tenant by any header but the credential', () => {
  const values = [VICTIM.id, `${ME.id}|${VICTIM.id}`, '.', '..', 'shared', '*', '', VICTIM.id.toUpperCase()];
  const names = [
    ...['X-Scope-OrgID', 'x-scope-orgid', 'X_Scope_OrgID', 'X-Scope-Org-Id', 'THANOS-TENANT', 'X-Tenant-ID'],
    ...[
      'X-Prom-Label-Policy',
      'X-Grafana-User',
      'X-Grafana-Org-Id',
      'X-Forwarded-User',
      'X-WEBAUTH-USER',
      'Tenant',
    ],
  ];
  it.each(names)('%s changes nothing', async (name) => {
    const targets = [`${QUERY}?query=${ALL}&${at()}`, `/loki/api/v1/label/pod/values?query=${ALL_LOGS}`];
    const plain = await Promise.all(targets.map((target) => answerTo(get(target))));
    expect(plain.join()).toMatch(new RegExp(`${ME.secret}.*search-0`));
    for (const value of values) {
      const added = [`${name}: ${value}`, `${name}: ${value}`];
      for (const connection of [[], [`Connection: ${name}, x-scope-orgid`]]) {
        const answers = targets.map((target) => answerTo(get(target, ...added, ...connection)));
        expect(await Promise.all(answers)).toEqual(plain);
      }
    }
  });
});

/** Status line and body, without the sizes of chunks, which depend on how the bytes came. */
async function answerTo(request: string): Promise<string> {
  const { status, text } = await rawRequest(locked.proxyUrl, request);
  return `${status} ${text.slice(text.indexOf('\r\n\r\n')).replace(/\r\n[0-9a-f]*(?=\r\n)|\r\n/g, '')}`;
}

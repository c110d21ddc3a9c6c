// Search over a real OpenSearch: what a tenant finds there, how it is told, and each lock on it alone.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SearchLine, SearchRequest } from '@obstack/contracts/search';
import { startStack } from '@obstack/native';
import type { Stack } from '@obstack/native';
import { startProxy } from '../src/lab/start-proxy.ts';
import type { LabProxy } from '../src/lab/start-proxy.ts';
import { ALPHA, BRAVO, TENANTS } from '../src/lab/tenants.ts';
import type { LabTenant } from '../src/lab/tenants.ts';
import { useLab } from '../src/lab/use-lab.ts';
import { allPages, hitsIn, searcher } from '../src/search.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TEMPLATE = new URL('../../provisioning/opensearch/logs-template.json', import.meta.url);

let dir: string;
let stack: Stack;
let proxy: LabProxy;

beforeAll(async () => {
  const lab = await useLab();
  dir = await mkdtemp(join(tmpdir(), 'obstack-search-opensearch-'));
  stack = await startStack({ dir, ports: 'free', parts: ['opensearch'] });
  proxy = await startProxy(lab, {}, { OPENSEARCH_URL: stack.urls.opensearch });

  // What no template of ours has made: each stands behind one of the two locks only.
  const keyword = { mappings: { properties: { tenant_id: { type: 'keyword' } } } };
  await put(`obstack-logs-${ALPHA.id}-astray`, keyword);
  await put(`obstack-logs-${BRAVO.id}-astray`, keyword);
  await add(`obstack-logs-${ALPHA.id}-astray`, [
    { ...line(0), body: 'behind the name', tenant_id: BRAVO.id },
  ]);
  await add(`obstack-logs-${BRAVO.id}-astray`, [
    { ...line(0), body: 'behind the name', tenant_id: ALPHA.id },
  ]);

  const template = await readFile(TEMPLATE, 'utf8');
  for (const { id, secret } of [ALPHA, BRAVO]) {
    await put(`_index_template/obstack-logs-${id}`, {
      index_patterns: [`obstack-logs-${id}-*`],
      ...(JSON.parse(template.replaceAll('${TENANT_ID}', id)) as object),
    });
    await add(
      `obstack-logs-${id}-2026.03`,
      Array.from({ length: 120 }, (_, i) => ({ ...line(i), body: `order ${i} of ${secret} was placed` })),
    );
  }
}, 300_000);
afterAll(async () => {
  await proxy.close();
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
}, 60_000);

/** Three lines a second; each third of checkout, each tenth an error, of which some have a number only. */
function line(i: number): Record<string, unknown> {
  const isError = i % 10 === 0;
  const at = new Date(START + Math.floor(i / 3) * 1000).toISOString().replace('Z', '123456Z');
  return {
    '@timestamp': at,
    service_name: i % 3 === 0 ? 'checkout' : 'cart',
    ...(i % 20 === 0 ? {} : { severity_text: isError ? 'ERROR' : 'Info' }),
    severity_number: isError ? 17 : 9,
    ...(i === 7 ? { trace_id: TRACE, span_id: '00f067aa0ba902b7' } : {}),
    attributes: { 'http.status_code': isError ? 500 : 200, http: { method: 'POST' } },
    resource: { 'k8s.pod.name': `pod-${i % 2}` },
  };
}

async function opensearch(method: string, path: string, type: string, body: string): Promise<void> {
  const reply = await fetch(`${stack.urls.opensearch}/${path}`, {
    method,
    headers: { 'content-type': type },
    body,
  });
  const text = await reply.text();
  if (!reply.ok || text.includes('"errors":true')) throw new Error(`${path}: ${reply.status} ${text}`);
}
const put = (path: string, body: object) => opensearch('PUT', path, 'application/json', JSON.stringify(body));
const add = (index: string, documents: readonly object[]) =>
  opensearch(
    'POST',
    `${index}/_bulk?refresh=true`,
    'application/x-ndjson',
    documents.map((each, i) => `{"index":{"_id":"${i}"}}\n${JSON.stringify(each)}\n`).join(''),
  );

const request = (query: string, more: Partial<SearchRequest> = {}): SearchRequest => ({
  query: `source:opensearch ${query}`,
  from: new Date(START - 60_000).toISOString(),
  to: new Date(START + 600_000).toISOString(),
  ...more,
});
const as = ({ queryToken }: LabTenant) => searcher(proxy.urls.main, queryToken);
const find = (query: string, tenant = ALPHA) => as(tenant).search(request(query, { limit: 200 }));
const titles = (lines: readonly SearchLine[]) => hitsIn(lines).map(({ title }) => title);

describe('logs in OpenSearch', () => {
  it('are found as the others are, newest first', async () => {
    const lines = await find(`trace:${TRACE}`);
    expect(hitsIn(lines)).toEqual([
      expect.objectContaining({
        signal: 'logs',
        source: 'opensearch',
        time: '2026-03-01T12:00:02.000123456Z',
        service: 'cart',
        severity: 'info',
        title: `order 7 of ${ALPHA.secret} was placed`,
        traceId: TRACE,
        spanId: '00f067aa0ba902b7',
        nativeQuery: `_index:"obstack-logs-${ALPHA.id}-2026.03" AND _id:"7"`,
        attributes: expect.objectContaining({
          'attributes.http.status_code': '200',
          'attributes.http.method': 'POST',
          'resource.k8s.pod.name': 'pod-1',
        }),
      }),
    ]);
    const times = hitsIn(await find('')).map(({ time }) => time);
    expect(times).toHaveLength(120);
    expect(times).toEqual(times.toSorted().reverse());
  });

  it.each([
    ['placed', 120],
    ['"order 11 of"', 1],
    ['placed -"order 11 of"', 119],
    ['nowhere', 0],
    ['service:checkout', 40],
    ['-service:check*', 80],
    ['level:error', 12],
    ['-level:error', 108],
    ['level:>=warn service:checkout', 4],
    ['http.status_code:500', 12],
    ['http.status_code:>=500', 12],
    ['http.method:P*T', 120],
    ['resource.k8s.pod.name:pod-1', 60],
    ['k8s.pod.name:pod-1 -level:info', 0],
    ['duration:>1s', 0],
  ])('%j finds %i', async (query, count) => {
    const lines = await find(query);
    expect(hitsIn(lines)).toHaveLength(count);
    expect(lines).toContainEqual(
      expect.objectContaining({ type: 'source', source: 'opensearch', status: 'ok' }),
    );
  });

  it('are counted by time, level and service', async () => {
    const lines = await as(ALPHA).search(request('', { limit: 5 }));
    const histogram = lines.find((each) => each.type === 'histogram');
    const sums = histogram?.series.map(({ severity, counts }) => [severity, counts.reduce((a, b) => a + b)]);
    expect(Object.fromEntries(sums ?? [])).toEqual({ info: 108, error: 12 });
    expect(histogram).toMatchObject({ unit: 'lines', basis: 'store' });
    const facets = lines.find((each) => each.type === 'facets')?.facets;
    expect(facets?.find(({ field }) => field === 'service')?.values).toEqual([
      { value: 'cart', count: 80 },
      { value: 'checkout', count: 40 },
    ]);
    expect(facets?.find(({ field }) => field === 'level')?.values).toEqual([
      { value: 'info', count: 108 },
      { value: 'error', count: 12 },
    ]);
  });

  it('are walked through without a gap and without one twice, many of one instant too', async () => {
    const all = hitsIn(await find('')).map(({ id }) => id);
    const walked = await allPages(as(ALPHA), request('', { limit: 7 }));
    expect(
      hitsIn(walked.flat())
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(all.toSorted());
  });

  it('belong to a hit of another store', async () => {
    const lines = await as(ALPHA).correlate({
      hit: { signal: 'traces', time: '2026-03-01T12:00:02Z', service: 'checkout', traceId: TRACE },
      signals: ['logs'],
    });
    const relations = lines.flatMap((each) =>
      each.type === 'related' && each.hit.source === 'opensearch' ? [each.relation] : [],
    );
    expect(relations[0]).toBe('trace');
    expect(new Set(relations)).toEqual(new Set(['trace', 'service', 'time']));
  });
});

describe('a tenant', () => {
  it.each([
    [ALPHA, BRAVO],
    [BRAVO, ALPHA],
  ])('$secret finds nothing of another', async (me, other) => {
    const queries = [
      ...['', other.secret, `@tenant_id:${other.id}`, '@tenant_id:*', '-@tenant_id:x', '-placed'],
      ...['"behind the name"', '_index:obstack*', '_id:*'],
    ];
    for (const query of queries) {
      const text = JSON.stringify(await find(query, me));
      expect(text).not.toContain(other.secret);
      expect(text).not.toContain(`obstack-logs-${other.id}`);
      expect(titles(await find(query, me))).not.toContain('behind the name');
    }
  });

  it('without an index finds nothing, which is no failure', async () => {
    const third = TENANTS.find((tenant) => tenant !== ALPHA && tenant !== BRAVO);
    const lines = await find('', third);
    expect(lines).toContainEqual(
      expect.objectContaining({ type: 'source', source: 'opensearch', status: 'ok', hits: 0 }),
    );
  });
});

it('says so when OpenSearch is away, and the others answer', async () => {
  const dead = await startProxy(await useLab(), {}, { OPENSEARCH_URL: 'http://127.0.0.1:1' });
  try {
    const lines = await searcher(dead.urls.main, ALPHA.queryToken).search({
      ...request(''),
      query: '',
      signals: ['logs'],
    });
    const statuses = lines.flatMap((each) => (each.type === 'source' ? [[each.source, each.status]] : []));
    expect(Object.fromEntries(statuses)).toEqual({ loki: 'ok', opensearch: 'failed' });
  } finally {
    await dead.close();
  }
});

// Search over the real stores. The oracle is the one of all isolation suites: what a tenant finds in stores that hold many
// tenants is what it finds in stores that hold nothing but its own.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SearchHit, SearchLine, SearchRequest } from '@obstack/contracts/search';
import { pushLogs } from '../src/data/push.ts';
import { jobsOf, SHARED_TRACE, traceIdOf } from '../src/data/metrics.ts';
import { SHARED_TRACE_LEAD_MS } from '../src/data/traces.ts';
import type { Lab } from '../src/lab/lab.ts';
import { startProxy } from '../src/lab/start-proxy.ts';
import type { LabProxy } from '../src/lab/start-proxy.ts';
import { startStubStore } from '../src/lab/stub-store.ts';
import { ALPHA, BRAVO, credentialsOf, othersThan, TENANTS } from '../src/lab/tenants.ts';
import type { LabTenant } from '../src/lab/tenants.ts';
import { startToxiproxy } from '../src/lab/toxiproxy.ts';
import type { Toxic, Toxiproxy } from '../src/lab/toxiproxy.ts';
import { until } from '../src/lab/until.ts';
import { useLab } from '../src/lab/use-lab.ts';
import { useLabelLocked } from '../src/lab/use-label-locked.ts';
import { allPages, hitsIn, searcher } from '../src/search.ts';
import type { Searcher } from '../src/search.ts';

let lab: Lab;
let proxy: LabProxy;
let toxiproxy: Toxiproxy;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  lab = await useLab();
  proxy = await startProxy(lab);
  toxiproxy = await startToxiproxy();
  open.push(toxiproxy, proxy);
}, 120_000);
afterAll(async () => {
  for (const each of open.reverse()) await each.close();
});

const range = (): Pick<SearchRequest, 'from' | 'to'> => ({
  from: new Date(lab.window.startMs).toISOString(),
  to: new Date(lab.window.endMs + 60_000).toISOString(),
});
const as = (tenant: LabTenant, of: LabProxy = proxy): Searcher => searcher(of.urls.main, tenant.queryToken);

/** All that an answer says but for times it took and cursors, in an order of its own. */
const substance = (lines: readonly SearchLine[]): string[] =>
  lines
    .filter(({ type }) => type !== 'done')
    .map((line) =>
      JSON.stringify(line.type === 'source' ? { ...line, durationMs: 0, firstHitMs: 0 } : inOrder(line)),
    )
    .sort();

/** Lists of series in an answer of a store have no order of their own. */
function inOrder(line: SearchLine): SearchLine {
  if (line.type !== 'histogram') return line;
  return {
    ...line,
    series: line.series.toSorted((a, b) => String(a.severity).localeCompare(String(b.severity))),
  };
}

const QUERIES = [
  '',
  'checkout',
  'service:checkout',
  'service:c* level:>=warn',
  'level:error -service:cart',
  'order 500',
  'http',
  'name:up',
  'failed',
  'duration:>200ms',
  '-service:checkout',
  'http.status_code:500',
  'foo:shadow',
  'namespace:shop tier:gold',
  ...TENANTS.map(({ secret }) => secret),
  ...TENANTS.map(({ id }) => `@tenant_id:${id}`),
  ...TENANTS.map((tenant) => `trace:${traceIdOf(tenant, 3)}`),
  '@tenant_id:*',
  '-@tenant_id:x',
];

describe('what is found among many tenants', () => {
  const labelLocked = useLabelLocked();
  const alone = new Map<LabTenant, LabProxy>();

  beforeAll(async () => {
    for (const tenant of TENANTS) {
      const own = await startProxy({ ...lab, prometheus: lab.prometheusOf[tenant.id] ?? '' });
      open.push(own);
      alone.set(tenant, own);
    }
  });

  describe.each(TENANTS)('by $secret', (me) => {
    it.each(QUERIES)(
      '%j is what a tenant alone finds: hits, facets, histograms and statuses',
      async (query) => {
        const request = { query, ...range(), limit: 20 };
        const found = await as(me, labelLocked.proxy).search(request);
        expect(substance(found)).toEqual(substance(await as(me, alone.get(me)).search(request)));
        const text = JSON.stringify(found);
        for (const other of othersThan(me)) expect(text).not.toContain(other.secret);
      },
    );

    it('the trace that it shares with others is told by its own spans', async () => {
      const request = {
        query: `trace:${traceIdOf(me, SHARED_TRACE)}`,
        from: new Date(lab.window.startMs - 2 * SHARED_TRACE_LEAD_MS).toISOString(),
        to: range().to,
        signals: ['traces' as const],
      };
      const found = await as(me, labelLocked.proxy).search(request);
      expect(hitsIn(found)).toMatchObject([{ title: `POST /checkout ${me.secret}` }]);
      expect(hitsIn(found)).toEqual(hitsIn(await as(me, alone.get(me)).search(request)));
    });

    it('nothing of others is in what belongs to a hit of theirs', async () => {
      const [victim = BRAVO] = othersThan(me);
      const lines = await as(me, labelLocked.proxy).correlate({
        hit: { signal: 'traces', time: range().from, service: 'checkout', traceId: traceIdOf(victim, 3) },
        windowSeconds: 3_600,
      });
      expect(JSON.stringify(lines)).not.toContain(victim.secret);
      expect(lines.filter((line) => line.type === 'related' && line.relation === 'trace')).toEqual([]);
      expect(lines.filter((line) => line.type === 'related' && line.relation === 'exemplar')).toEqual([]);
    });
  });
});

describe('a search', () => {
  it('walks through everything exactly once, whatever the length of a page', async () => {
    for (const limit of [7, 50]) {
      const pages = await allPages(as(ALPHA), { query: '', ...range(), limit });
      const hits = pages.flatMap(hitsIn);
      expect(new Set(hits.map(({ source, id }) => `${source} ${id}`)).size).toBe(hits.length);
      const count = (signal: string): number => hits.filter((hit) => hit.signal === signal).length;
      expect(count('logs')).toBe(jobsOf(ALPHA).length * 3 * 24);
      expect(count('traces')).toBe(16);
      expect(count('metrics')).toBe(await seriesOf(ALPHA));
      for (const page of pages) {
        for (const source of ['loki', 'tempo', 'prometheus']) {
          expect(hitsIn(page).filter((hit) => hit.source === source).length).toBeLessThanOrEqual(limit);
        }
      }
    }
  }, 120_000);

  it('walks on within lines of one and the same nanosecond', async () => {
    const id = randomUUID();
    const { queryToken } = credentialsOf('samenanos');
    proxy.controlPlane.know(queryToken, { kind: 'query-token', tenantId: id });
    const nanos = BigInt(lab.window.startMs) * 1_000_000n;
    const entries = Array.from({ length: 25 }, (_, n) => ({ nanos, line: `line ${n}`, metadata: {} }));
    await pushLogs(lab.loki, id, [{ labels: { app: 'one', tenant_id: id }, entries }]);
    const request = { query: '', ...range(), limit: 4, signals: ['logs' as const] };
    const pages = await allPages(searcher(proxy.urls.main, queryToken), request);
    const titles = pages.flatMap(hitsIn).map(({ title }) => title);
    expect(titles.toSorted()).toEqual(entries.map(({ line }) => line).toSorted());
  });

  it('finds at once what came hours late', async () => {
    const id = randomUUID();
    const { queryToken } = credentialsOf('latecomer');
    proxy.controlPlane.know(queryToken, { kind: 'query-token', tenantId: id });
    const at = lab.window.startMs - 5 * 3_600_000;
    const nanos = BigInt(at) * 1_000_000n;
    await pushLogs(lab.loki, id, [
      { labels: { app: 'late', tenant_id: id }, entries: [{ nanos, line: 'better late', metadata: {} }] },
    ]);
    const found = await searcher(proxy.urls.main, queryToken).search({
      query: 'better',
      from: new Date(at - 60_000).toISOString(),
      to: new Date(at + 60_000).toISOString(),
      signals: ['logs'],
    });
    expect(hitsIn(found)).toMatchObject([{ title: 'better late' }]);
  });

  it('finds the lines of a trace, its id beside them or in them', async () => {
    const id = randomUUID();
    const { queryToken } = credentialsOf('linesoftrace');
    proxy.controlPlane.know(queryToken, { kind: 'query-token', tenantId: id });
    const nanos = BigInt(lab.window.startMs) * 1_000_000n;
    const [one, two] = ['a1'.repeat(16), 'b2'.repeat(16)];
    const entries = [
      { line: 'beside', metadata: { trace_id: one } },
      { line: `within trace=${one} of it`, metadata: {} },
      { line: `both ${one}`, metadata: { trace_id: one } },
      { line: `of one, and told of ${two}`, metadata: { trace_id: one } },
      { line: `of none`, metadata: {} },
      { line: `of another ${two.toUpperCase()}`, metadata: { trace_id: `${one.slice(1)}0` } },
    ].map((entry, n) => ({ nanos: nanos + BigInt(n), ...entry }));
    await pushLogs(lab.loki, id, [{ labels: { app: 'traced', tenant_id: id }, entries }]);
    const find = async (query: string): Promise<SearchHit[]> =>
      hitsIn(
        await searcher(proxy.urls.main, queryToken).search({ query, ...range(), signals: ['logs' as const] }),
      );
    const found = await find(`trace:${one}`);
    expect(found.map(({ title }) => title).reverse()).toEqual(entries.slice(0, 4).map(({ line }) => line));
    expect(found.flatMap(({ attributes }) => Object.keys(attributes))).not.toContain('trace_id_in_line');
    expect((await find(`trace:${one} trace:${two}`)).map(({ title }) => title)).toEqual([entries[3]?.line]);
    expect((await find(`-trace:${one}`)).map(({ title }) => title).reverse()).toEqual(
      entries.slice(4).map(({ line }) => line),
    );
  });

  it('counts all that matches, on the first page', async () => {
    const request = {
      query: 'service:checkout level:error',
      ...range(),
      limit: 3,
      signals: ['logs' as const],
    };
    const [first = [], ...rest] = await allPages(as(ALPHA), request);
    const all = [first, ...rest].flatMap(hitsIn);
    expect(all.length).toBeGreaterThan(3);
    expect(all.every(({ severity, service }) => severity === 'error' && service === 'checkout')).toBe(true);
    const facets = first.find((line) => line.type === 'facets');
    expect(facets).toMatchObject({
      basis: 'store',
      facets: [
        { field: 'service', values: [{ value: 'checkout', count: all.length }] },
        { field: 'level', values: [{ value: 'error', count: all.length }] },
      ],
    });
    const histogram = first.find((line) => line.type === 'histogram');
    const counts =
      histogram?.type === 'histogram' ? histogram.series.flatMap(({ counts: each }) => each) : [];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(all.length);
    expect(rest.flat().some(({ type }) => type === 'facets' || type === 'histogram')).toBe(false);
  });

  it('says of each hit the native query that finds it', async () => {
    const hits = hitsIn(await as(ALPHA).search({ query: 'checkout', ...range(), limit: 3 }));
    expect(new Set(hits.map(({ source }) => source))).toEqual(new Set(['loki', 'tempo', 'prometheus']));
    for (const { source, nativeQuery, title, traceId } of hits) {
      const text = await native(source, nativeQuery);
      const expected = source === 'tempo' ? traceId?.replace(/^0+/, '') : JSON.stringify(title).slice(1, -1);
      expect(text).toContain(expected);
    }
  });

  it('knows a service by what the store calls it, and by what an operator says', async () => {
    const id = randomUUID();
    const { queryToken } = credentialsOf('mappedservices');
    const nanos = BigInt(lab.window.startMs) * 1_000_000n;
    const stream = (labels: Record<string, string>, line: string) => ({
      labels: { ...labels, tenant_id: id },
      entries: [{ nanos, line, metadata: {} }],
    });
    await pushLogs(lab.loki, id, [
      stream({ app: 'by-app' }, 'one'),
      stream({ job: 'by-job' }, 'two'),
      stream({ team: 'by-team', app: 'x' }, 'three'),
    ]);
    const configured = await startProxy(lab, {}, { SEARCH_LOKI_SERVICE_LABELS: 'team,service_name' });
    open.push(configured);
    const lineOf = async (of: LabProxy, query: string): Promise<string[]> => {
      of.controlPlane.know(queryToken, { kind: 'query-token', tenantId: id });
      const lines = await searcher(of.urls.main, queryToken).search({ query, ...range(), signals: ['logs'] });
      return hitsIn(lines).map(({ title, service }) => `${title} ${service ?? ''}`);
    };
    expect(await lineOf(proxy, 'service:by-app')).toEqual(['one by-app']);
    expect(await lineOf(proxy, 'service:by-job')).toEqual(['two by-job']);
    expect(await lineOf(configured, 'service:by-team')).toEqual(['three by-team']);
    expect(await lineOf(configured, 'service:by-job')).toEqual(['two by-job']);
    expect((await lineOf(configured, '-service:by-team')).toSorted()).toEqual(['one by-app', 'two by-job']);
  });

  describe.each([
    ['is slow', { type: 'latency', attributes: { latency: 2_500 } }, 'timed-out', '1500 ms'],
    ['resets connections', { type: 'reset_peer', attributes: { timeout: 0 } }, 'failed', 'cannot be reached'],
    ['is a black hole', { type: 'timeout', attributes: { timeout: 0 } }, 'timed-out', '1500 ms'],
  ] as const satisfies [string, Toxic, string, string][])('while a store %s', (_, toxic, status, reason) => {
    it.each(['loki', 'tempo', 'prometheus'] as const)(
      'brings what the others than %s have at their own pace, says which is missing, and recovers',
      async (victim) => {
        const store = await toxiproxy.before(lab[victim]);
        const crippled = await startProxy(
          { ...lab, [victim]: store.url },
          {},
          { SEARCH_SOURCE_TIMEOUT_MS: '1500' },
        );
        open.push(crippled);
        await store.poison(toxic);
        const lines = await as(ALPHA, crippled).search({ query: 'checkout', ...range() });
        const sources = lines.filter((line) => line.type === 'source');
        for (const source of sources.filter(({ source }) => source !== victim)) {
          expect(source).toMatchObject({ status: 'ok' });
          expect(source.durationMs).toBeLessThan(1_500);
          expect(hitsIn(lines).some((hit) => hit.source === source.source)).toBe(true);
        }
        expect(sources.find(({ source }) => source === victim)).toMatchObject({
          status,
          reason: expect.stringContaining(reason),
        });
        expect(hitsIn(lines).filter(({ source }) => source === victim)).toEqual([]);
        await store.heal();
        const healed = await as(ALPHA, crippled).search({ query: 'checkout', ...range() });
        expect(healed.filter((line) => line.type === 'source' && line.status !== 'ok')).toEqual([]);
      },
    );
  });

  it('leaves a store alone that has not answered in time', async () => {
    const hole = await startStubStore();
    open.push(hole);
    const crippled = await startProxy({ ...lab, loki: hole.url }, {}, { SEARCH_SOURCE_TIMEOUT_MS: '300' });
    open.push(crippled);
    await as(ALPHA, crippled).search({ query: 'checkout', ...range() });
    await until('no request is under way', () => hole.underWay() === 0);
  });
});

describe('what belongs to a hit', () => {
  const relations = (lines: Awaited<ReturnType<Searcher['correlate']>>): string[] =>
    lines.flatMap((line) => (line.type === 'related' ? [`${line.relation} ${line.hit.signal}`] : []));

  it('is, of a log line, its trace and the metrics that have it as an exemplar', async () => {
    const logs = hitsIn(
      await as(ALPHA).search({ query: 'service:checkout', ...range(), signals: ['logs'], limit: 50 }),
    );
    const hit = logs.find(({ traceId }) => traceId === exemplar);
    if (!hit) throw new Error('no line of that trace');
    const { signal, time, service, traceId } = hit;
    const lines = await as(ALPHA).correlate({ hit: { signal, time, service, traceId }, windowSeconds: 900 });
    // What failed elsewhere was part of traces that are told as the service's already.
    expect(new Set(relations(lines))).toEqual(
      new Set([
        'trace logs',
        'trace traces',
        'exemplar metrics',
        'service logs',
        'service traces',
        'service metrics',
        'time logs',
      ]),
    );
    for (const line of lines) {
      if (line.type !== 'related') continue;
      if (line.relation === 'trace' || line.relation === 'exemplar') expect(line.hit.traceId).toBe(traceId);
      if (line.relation === 'service') expect(line.hit.service).toBe('checkout');
      if (line.relation === 'time')
        expect([line.hit.severity, line.hit.service === 'checkout']).toEqual(['error', false]);
    }
  });

  it('is, of a metric, what its service logged and traced', async () => {
    const hit = { signal: 'metrics', time: range().to, service: 'cart', traceId: null } as const;
    const lines = await as(ALPHA).correlate({ hit, windowSeconds: 900, signals: ['logs', 'traces'] });
    expect(new Set(relations(lines))).toEqual(
      new Set(['service logs', 'service traces', 'time logs', 'time traces']),
    );
  });

  let exemplar: string;
  beforeAll(async () => {
    const query = `${proxy.urls.main}/prometheus/api/v1/query_exemplars?query=http_requests_total{job="checkout"}`;
    const reply = await fetch(`${query}&start=${lab.window.startMs / 1000}&end=${lab.window.endMs / 1000}`, {
      headers: { authorization: `Bearer ${ALPHA.queryToken}` },
    });
    const { data } = (await reply.json()) as { data: { exemplars: { labels: { trace_id: string } }[] }[] };
    exemplar = data[0]?.exemplars[0]?.labels.trace_id ?? '';
  });
});

async function seriesOf(tenant: LabTenant): Promise<number> {
  const reply = await fetch(
    `${lab.prometheusOf[tenant.id] ?? ''}/api/v1/series?match[]=${encodeURIComponent('{__name__=~".+"}')}`,
  );
  return ((await reply.json()) as { data: unknown[] }).data.length;
}

async function native(source: string, query: string): Promise<string> {
  const encoded = encodeURIComponent(query);
  const [start, end] = [lab.window.startMs / 1000, lab.window.endMs / 1000 + 60];
  const paths: Record<string, string> = {
    loki: `/loki/api/v1/query_range?query=${encoded}&start=${start}&end=${end}`,
    tempo: `/tempo/api/search?q=${encoded}&start=${start}&end=${end}`,
    prometheus: `/prometheus/api/v1/series?match[]=${encoded}&start=${start}&end=${end}`,
  };
  const reply = await fetch(proxy.urls.main + (paths[source] ?? ''), {
    headers: { authorization: `Bearer ${ALPHA.queryToken}` },
  });
  return reply.text();
}

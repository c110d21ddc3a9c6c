// The oracle for everything that is not a query in a language: which series, labels, values, fields, patterns, tags
// and traces there are.
import { describe, expect, it } from '@jest/globals';
import { traceIdOf } from '../src/data/metrics.ts';
import { SHARED_TRACE_LEAD_MS } from '../src/data/traces.ts';
import { startProxy } from '../src/lab/start-proxy.ts';
import { othersThan, TENANTS } from '../src/lab/tenants.ts';
import type { LabTenant } from '../src/lab/tenants.ts';
import { useLabelLocked } from '../src/lab/use-label-locked.ts';
import { canonical } from '../src/oracle/canonical.ts';
import { askAlone, askProxy } from '../src/oracle/question.ts';
import type { Params, Question } from '../src/oracle/question.ts';
import { expectEqual } from '../src/oracle/suite.ts';

/** Every tag or value in an answer of Tempo's tag endpoints. */
function tagsIn(text: string): string[] {
  const { scopes = [], tagValues = [] } = JSON.parse(text) as {
    scopes?: { name: string; tags?: string[] }[];
    tagValues?: { type?: string; value?: string }[];
  };
  return [
    ...scopes.flatMap(({ name, tags = [] }) => tags.map((tag) => `${name}.${tag}`)),
    // Of a span without a kind Tempo says `{}`.
    ...tagValues.flatMap(({ type, value }) => (type === undefined ? [] : `${type} ${value}`)),
  ];
}

const oracle = useLabelLocked();

/** Every question as every tenant. */
const asEveryTenant = (questionsOf: (tenant: LabTenant, other: LabTenant) => Question[]) =>
  TENANTS.flatMap((tenant) => {
    const [other] = othersThan(tenant);
    return other ? questionsOf(tenant, other).map((question) => ({ tenant, question })) : [];
  });

describe('oracle: discovery through the proxy over many tenants equals discovery over one', () => {
  it('in Prometheus: series, labels, values and exemplars', async () => {
    const range = {
      start: String(oracle.lab.window.startMs / 1000),
      end: String(oracle.lab.window.endMs / 1000),
    };
    const ask = (path: string, params: Params = {}): Question => ({
      api: 'prometheus',
      path: `/api/v1/${path}`,
      params: { ...range, ...params },
    });
    const cases = asEveryTenant((me, other) => [
      ...[
        '{__name__=~".+"}',
        'up',
        '{job="cart"}',
        `{tenant_id="${other.id}"}`,
        `{tenant_id!="${me.id}", __name__=~".+"}`,
      ].flatMap((match) => [
        ask('series', { 'match[]': match }),
        ask('labels', { 'match[]': match }),
        ask('label/job/values', { 'match[]': match }),
        ask('label/tenant_id/values', { 'match[]': match }),
      ]),
      ask('series', { 'match[]': ['up', 'topk_size', `secret_${other.secret}_total`] }),
      ask('labels'),
      ...['__name__', 'tenant_id', 'version', 'owner', 'U__service_2e_name', `${other.secret}_label`].map(
        (label) => ask(`label/${label}/values`),
      ),
      ask('query_exemplars', { query: 'http_requests_total' }),
      ask('query_exemplars', { query: '{__name__=~".+"}' }),
      ask('query_exemplars', { query: `http_requests_total{tenant_id="${other.id}"}` }),
      ask('query_exemplars', { query: 'sum(rate(http_requests_total[5m])) / sum(up)' }),
    ]);
    const { filled } = await expectEqual(oracle, 'discovery in Prometheus', cases);
    expect(filled).toBeGreaterThan(cases.length / 2);
  });

  it('in Loki: labels, values, series, volume, stats, patterns, detected labels and fields', async () => {
    const range = { start: `${oracle.lab.window.startMs}000000`, end: `${oracle.lab.window.endMs}000000` };
    const ask = (path: string, params: Params = {}): Question => ({
      api: 'loki',
      path: `/loki/api/v1/${path}`,
      params: { ...range, ...params },
    });
    const cases = asEveryTenant((me, other) => [
      ask('labels'),
      ask('labels', { query: '{format="json"}' }),
      ...['tenant_id', 'service_name', 'pod', `${other.secret}_label`].map((label) =>
        ask(`label/${label}/values`),
      ),
      ask('label/pod/values', { query: '{format="plain"}' }),
      ask('label/pod/values', { query: `{tenant_id="${other.id}"}` }),
      ask('series', { 'match[]': '{namespace="shop"}' }),
      ask('series', { match: ['{format="json"}', '{service_name="cart"}'] }),
      ask('series', { 'match[]': `{tenant_id!="${me.id}", namespace="shop"}` }),
      ask('index/stats', { query: '{namespace="shop"}' }),
      ask('index/stats', { query: `{tenant_id="${other.id}"}` }),
      ask('index/volume', { query: '{namespace="shop"}' }),
      ask('index/volume', { query: '{namespace="shop"}', targetLabels: 'service_name,tenant_id' }),
      ask('index/volume', { query: '{namespace=~".+"}', aggregateBy: 'labels' }),
      ask('index/volume_range', { query: '{format="json"}', step: '60s' }),
      ask('patterns', { query: '{format="plain"}', step: '60s' }),
      ask('patterns', { query: '{namespace="shop"}', step: '60s' }),
      ask('detected_labels'),
      ask('detected_labels', { query: '{format="plain"}' }),
      ask('detected_fields', { query: '{format="json"}' }),
      ask('detected_fields', { query: '{namespace="shop"} | logfmt' }),
      ask('detected_field/status/values', { query: '{format="json"}' }),
      ask('detected_field/tenant_id/values', { query: '{format="logfmt"}' }),
    ]);
    // Without target labels Loki groups volume by the labels that the query names, as the enforced one does ours.
    const groupsByQuery = ({ path, params }: Question): boolean =>
      path.includes('volume') && params?.targetLabels === undefined;
    const { filled } = await expectEqual(oracle, 'discovery in Loki', cases, groupsByQuery);
    expect(filled).toBeGreaterThan(cases.length / 2);
  }, 60_000);

  const VALUES = ['owner', 'tenant_id', 'foo', 'http.method', 'step'].map((name) => `span.${name}`);
  const OTHER_VALUES = [
    ...['resource.service.name', 'resource.tenant_id', '.owner', '.foo', '.service.name', '.tenant_id'],
    ...['event.coupon', 'link.why', 'name', 'status', 'kind', 'statusMessage'],
    ...['rootName', 'trace:rootName', 'rootServiceName', 'instrumentation:name'],
  ];
  const SCOPES = ['resource', 'span', 'event', 'link', 'instrumentation', 'intrinsic'];

  const tagQuestions = (other: LabTenant): Question[] => {
    const range = {
      start: String(oracle.lab.window.startMs / 1000),
      end: String(oracle.lab.window.endMs / 1000),
    };
    const ask = (path: string, params: Params = {}): Question => ({
      api: 'tempo',
      path: `/api/v2/search/${path}`,
      params: { ...range, ...params },
    });
    return [
      ...[...VALUES, ...OTHER_VALUES, `resource.${other.secret}.zone`].map((tag) => ask(`tag/${tag}/values`)),
      ...['span.owner', 'span.foo', 'name'].flatMap((tag) => [
        ask(`tag/${tag}/values`, { q: '{ resource.service.name = "checkout" }' }),
        ask(`tag/${tag}/values`, { q: '{ span.http.method = "GET" && status = error }' }),
      ]),
      ...[{}, ...SCOPES.map((scope) => ({ scope })), { q: '{ span.http.method = "GET" }' }].map((params) =>
        ask('tags', params),
      ),
    ];
  };

  it('in Tempo: the values of tags, when both locks are on', async () => {
    const locked = await startProxy(oracle.lab);
    try {
      const cases = asEveryTenant((_me, other) =>
        tagQuestions(other).filter(({ path }) => !path.endsWith('/tags')),
      );
      const { filled } = await expectEqual(
        { lab: oracle.lab, proxyUrl: locked.urls.main },
        'tag values in Tempo',
        cases,
      );
      expect(filled).toBeGreaterThan(cases.length / 2);
    } finally {
      await locked.close();
    }
  }, 60_000);

  // Tempo finds fewer of them with a filter than there are, above all among other tenants': so no more than this.
  it('in Tempo: with the label lock alone, no tag and no value that is not the tenant’s own', async () => {
    let found = 0;
    for (const { tenant, question } of asEveryTenant((_me, other) => tagQuestions(other))) {
      const through = await askProxy(oracle.proxyUrl, tenant.queryToken, question);
      const { q: _q, ...unfiltered } = question.params ?? {};
      const alone = await askAlone(oracle.lab, tenant, { ...question, params: unfiltered });
      const [shown, own] = [through, alone].map(({ text }) => tagsIn(text));
      expect({ question, foreign: shown?.filter((one) => !own?.includes(one)) }).toEqual({
        question,
        foreign: [],
      });
      found += shown?.length ?? 0;
    }
    expect(found).toBeGreaterThan(300);
  }, 60_000);

  it.each([
    // What makes Tempo 2.8 answer for everyone: an unscoped condition, an OR, a structure, what it cannot parse.
    '{ .foo = "shadow" }',
    '{ resource.service.name = "checkout" || true }',
    '{ .tenant_id != nil } || { }',
    '{ } >> { }',
    '{ span.foo = ',
    'nonsense',
    '{ resource.service.name = "checkout" } || { true }',
  ])('class 23: the values of a tag stay the tenant’s own with the filter %s', async (q) => {
    for (const tenant of TENANTS) {
      for (const path of [
        'tag/span.owner/values',
        'tag/.owner/values',
        'tag/resource.tenant_id/values',
        'tags',
      ]) {
        const { status, text } = await askProxy(oracle.proxyUrl, tenant.queryToken, {
          api: 'tempo',
          path: `/api/v2/search/${path}`,
          params: { q },
        });
        expect(status).toBe(200);
        for (const { id, secret } of othersThan(tenant)) {
          expect(text).not.toContain(secret);
          expect(text).not.toContain(id);
        }
      }
    }
  });

  it('class 25: a trace by its id is the tenant’s own part of it, or not there', async () => {
    const ask = (version: '' | 'v2/', id: string): Question => ({
      api: 'tempo',
      path: `/api/${version}traces/${id}`,
    });
    const cases = TENANTS.flatMap((tenant) => {
      const ids = [...[0, 1, 7].map((n) => traceIdOf(tenant, n)), traceIdOf(tenant, 99)];
      return ids.flatMap((id) => [
        { tenant, question: ask('', id) },
        { tenant, question: ask('v2/', id) },
      ]);
    });
    const { equal } = await expectEqual(oracle, 'traces by id', cases);
    expect(equal).toBe(cases.length);
  });

  it('class 25: a neighbour’s trace answers exactly as one that does not exist', async () => {
    const nowhere = 'dead'.padStart(32, '0');
    for (const tenant of TENANTS) {
      for (const other of othersThan(tenant)) {
        for (const version of ['', 'v2/']) {
          for (const accept of ['application/json', 'application/protobuf']) {
            const [hidden, missing] = await Promise.all(
              [traceIdOf(other, 0), nowhere].map(async (id) => {
                const reply = await fetch(`${oracle.proxyUrl}/tempo/api/${version}traces/${id}`, {
                  headers: { accept, authorization: `Bearer ${tenant.queryToken}` },
                });
                const text = (await reply.text()).replace(/"requestId":"[^"]*"/, '');
                return { status: reply.status, type: reply.headers.get('content-type'), text };
              }),
            );
            expect(hidden).toEqual(missing);
            expect(hidden?.status).toBe(404);
          }
        }
      }
    }
  });

  it('class 25: a trace of two tenants shows each its own spans, in protobuf too', async () => {
    for (const tenant of TENANTS) {
      const reply = await fetch(`${oracle.proxyUrl}/tempo/api/traces/${traceIdOf(tenant, 99)}`, {
        headers: { accept: 'application/protobuf', authorization: `Bearer ${tenant.queryToken}` },
      });
      const bytes = Buffer.from(await reply.arrayBuffer());
      expect(reply.status).toBe(200);
      expect(bytes.includes(tenant.secret)).toBe(true);
      for (const { secret } of othersThan(tenant)) expect(bytes.includes(secret)).toBe(false);
    }
  });

  it('class 25: searching finds the tenant’s own spans of a trace of two tenants', async () => {
    const startMs = oracle.lab.window.startMs - SHARED_TRACE_LEAD_MS;
    for (const tenant of TENANTS) {
      const question: Question = {
        api: 'tempo',
        path: '/api/search',
        params: {
          q: '{}',
          start: String(startMs / 1000 - 30),
          end: String(startMs / 1000 + 30),
          spss: '100',
        },
      };
      const through = await askProxy(oracle.proxyUrl, tenant.queryToken, question);
      const alone = await askAlone(oracle.lab, tenant, question);
      const spansOf = (text: string): unknown =>
        (JSON.parse(canonical(question, text, tenant.id)) as { traces: { spanSets: unknown }[] }).traces.map(
          ({ spanSets }) => spanSets,
        );
      expect(spansOf(through.text)).toEqual(spansOf(alone.text));
    }
  });
});

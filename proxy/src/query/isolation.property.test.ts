// Whatever is asked, no request that reaches a store lacks the tenant on any selector. The check here knows nothing of
// the enforcers: it reads the bytes that arrived.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LOKI } from './loki.ts';
import { PROMETHEUS } from './prometheus.ts';
import { TEMPO } from './tempo.ts';
import { OTHER_TENANT, startTestProxy, TENANT } from '../../test/query/testing.ts';
import type { Recorded, TestProxy } from '../../test/query/testing.ts';

let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy();
});
afterAll(() => proxy.close());

/** Names that say what they are, so that the check can find a bare one. */
const metric = fc.constantFrom('m_a', 'm_b', 'm_c');
const matcher = fc.constantFrom(
  'a="b"',
  'a=~"x|y"',
  `tenant_id="${OTHER_TENANT}"`,
  'tenant_id=~".*"',
  'tenant_id!=""',
  '"tenant_id"="x"',
);
const braces = fc.array(matcher, { maxLength: 3 }).map((all) => `{${all.join(',')}}`);

const promql = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    metric,
    fc.tuple(metric, braces).map((parts) => parts.join('')),
    fc.constantFrom('1', 'vector(1)', 'time()', '{__name__=~"m_.*"}'),
    fc
      .tuple(metric, fc.constantFrom('rate', 'increase', 'absent_over_time'))
      .map(([m, f]) => `${f}(${m}[5m])`),
    tie('any').map((inner) => `sum by (a) (${inner})`),
    tie('any').map((inner) => `absent(${inner})`),
    tie('any').map((inner) => `max_over_time((${inner})[1h:1m] offset 5m)`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `${a} + on (a) group_left (b) ${b}`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `topk(scalar(${a}), ${b}) # {x="y"}`),
  ),
})).any;

const stream = fc
  .array(fc.constantFrom('a="b"', 'c=~".+"', `tenant_id="${OTHER_TENANT}"`, 'tenant_id=~".+"'), {
    minLength: 1,
    maxLength: 3,
  })
  .map((all) => `{${all.join(', ')}}`);
const logql = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    stream,
    stream.map((selector) => `${selector} |= "x" | json | label_format tenant_id="y"`),
    stream.map((selector) => `sum(count_over_time(${selector}[1m]))`),
    stream.map((selector) => `absent_over_time(${selector}[1m])`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `${a} or ${b}`),
  ),
})).any;

const condition = fc.constantFrom(
  '.a = 1',
  'span.a = "b"',
  `resource.tenant_id = "${OTHER_TENANT}"`,
  'resource.tenant_id != ""',
  '.a = 1 || .b = 2',
  'status = error',
);
const spanset = fc.oneof(
  fc.constant('{}'),
  condition.map((each) => `{ ${each} }`),
);
const traceql = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    spanset,
    fc
      .tuple(tie('any'), fc.constantFrom('&&', '||', '>>', '>', '~', '!>>', '&>>'), tie('any'))
      .map((all) => all.join(' ')),
    tie('any').map((inner) => `(${inner})`),
    spanset.map((inner) => `${inner} | count() > 2`),
    fc.tuple(spanset, spanset).map(([a, b]) => `${a} | compare(${b})`),
    spanset.map((inner) => `${inner} | rate() by (span.a)`),
  ),
})).any;

const TEXTS = {
  promql,
  promqlSelector: promql,
  logql,
  logqlSelector: logql,
  traceql,
  traceqlTagFilter: traceql,
};

/** A row of the tables and parameters for it, right and wrong, from the URL or from a form. */
const request = fc
  .constantFrom(
    ...[PROMETHEUS, LOKI, TEMPO].flatMap((table) => table.endpoints.map((row) => ({ table, row }))),
  )
  .chain(({ table, row }) => {
    const texts = Object.entries(row.params).map(([name, rule]) =>
      fc
        .array(
          rule.kind === 'query'
            ? fc.oneof({ arbitrary: TEXTS[rule.language], weight: 9 }, fc.string())
            : fc.constantFrom('1', '', 'x'),
          {
            maxLength: rule.kind === 'query' && rule.many ? 3 : 1,
          },
        )
        .map((values) => values.map((value) => [name, value] as const)),
    );
    const path =
      table.prefix +
      row.path
        .replace('{traceId}', 'abc')
        .replace('{tag}', '.x')
        .replace(/\{\w+\}/, 'x');
    return fc.record({
      path: fc.constant(path),
      params: fc.tuple(...texts).map((all) => all.flat()),
      isForm: row.methods.includes('POST') ? fc.boolean() : fc.constant(false),
    });
  });

const equality = `tenant_id="${TENANT}"`;
const regex = `tenant_id=~"${TENANT}"`;
const SELECTOR_PARAMS = ['query', 'match[]', 'q'];

function lacksTenant({ path, params, headers, rawHeaders }: Recorded): string | undefined {
  if (headers['x-scope-orgid'] !== TENANT) return 'storage tenant';
  if (rawHeaders.filter((name) => name.toLowerCase() === 'x-scope-orgid').length !== 1)
    return 'one storage tenant';
  const isTempo = path.startsWith('/api/') && params.has('q');
  for (const name of SELECTOR_PARAMS) {
    for (const text of params.getAll(name)) {
      for (const [, inside = ''] of text.matchAll(/\{([^{}]*)/g)) {
        const content = inside.trimStart();
        const isOurs = isTempo
          ? content.startsWith(`resource.${equality}`) &&
            /^(?: *$| && )/.test(content.slice(`resource.${equality}`.length))
          : content.startsWith(equality) || content.startsWith(regex);
        if (!isOurs) return text;
      }
      if (/\bm_[a-c]\b(?!\{)/.test(text.replace(/"[^"]*"/g, '""'))) return text;
    }
  }
  // Rows without a query of their own tell nothing about anyone.
  const isFree =
    /^\/(?:loki\/)?api\/(?:v1\/)?(?:status\/buildinfo|echo|drilldown-limits|(?:v2\/)?traces\/)/.test(path);
  return isFree || SELECTOR_PARAMS.some((name) => params.has(name)) ? undefined : 'any selector';
}

describe('whatever is asked', () => {
  it('reaches a store with the tenant on every selector, or not at all', async () => {
    let reached = 0;
    await fc.assert(
      fc.asyncProperty(request, async ({ path, params, isForm }) => {
        proxy.recorded.length = 0;
        const form = params
          .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
          .join('&');
        const headers = ['content-type', 'application/x-www-form-urlencoded', 'x-scope-orgid', OTHER_TENANT];
        const { status } = isForm
          ? await proxy.ask(path, { method: 'POST', headers, body: form })
          : await proxy.ask(`${path}?${form}`, { headers: headers.slice(2) });
        expect([200, 400, 404]).toContain(status);
        if (status === 400) expect(proxy.recorded).toEqual([]);
        for (const each of proxy.recorded) expect(lacksTenant(each)).toBeUndefined();
        reached += proxy.recorded.length;
      }),
      { numRuns: 1_500 },
    );
    // The property says something only as long as most requests get through.
    expect(reached).toBeGreaterThan(400);
  });
});

import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { logqlQuery } from '../../test/generate/logql.ts';
import { promqlQuery } from '../../test/generate/promql.ts';
import { seededRng } from '../../test/generate/random.ts';
import { assertFilled, byShape, takeApart } from './by-shape.ts';
import type { Form } from './by-shape.ts';
import { enforceLogql, logqlLexis } from './enforce-logql.ts';
import { enforcePromql, promqlLexis } from './enforce-promql.ts';
import { readQuery } from './enforce-text.ts';

const TENANT = '0b5e55ed-0000-4000-8000-000000000001';
const OTHER = '0b5e55ed-0000-4000-8000-000000000002';

const watched = () => {
  const enforce = jest.fn(enforcePromql);
  return { enforce, remembering: byShape(enforce, promqlLexis) };
};

describe('byShape', () => {
  it('parses none after the second of the queries that differ in their strings alone', () => {
    const { enforce, remembering } = watched();
    const ours = `tenant_id="${TENANT}",`;
    expect(remembering('up{job="api"} # x', TENANT)).toBe(`up{${ours}job="api"}    `);
    expect(remembering('up{job="a\\"}b"} # y', TENANT)).toBe(`up{${ours}job="a\\"}b"}    `);
    expect(remembering(`up{job="${TENANT}"} # z`, TENANT)).toBe(`up{${ours}job="${TENANT}"}    `);
    expect(enforce).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['another tenant', 'up{job="api"}', OTHER],
    ['another text around the strings', 'up{job!="api"}', TENANT],
    ['an empty string', 'up{job=""}', TENANT],
    ['another kind of string', 'up{job=`api`}', TENANT],
    ['one more string', 'up{job="api",job="api"}', TENANT],
  ])('parses again for %s', (_, query, tenantId) => {
    const { enforce, remembering } = watched();
    remembering('up{job="web"}', TENANT);
    remembering('up{job="web"}', TENANT);
    expect(enforce).toHaveBeenCalledTimes(2);
    expect(remembering(query, tenantId)).toBe(enforcePromql(query, tenantId));
    expect(enforce).toHaveBeenCalledTimes(3);
  });

  it('refuses as parsing would, about the text itself, also when the shape is known', () => {
    const { remembering } = watched();
    remembering('up{job="web"}', TENANT);
    expect(() => remembering('up{job="\\q"}', TENANT)).toThrow('unknown escape');
    expect(() => remembering(`up{job="${'x'.repeat(40_000)}"}`, TENANT)).toThrow('shorten it');
    expect(() => remembering('up{job="api"', TENANT)).toThrow('close this "{"');
    expect(() => remembering('up{job="api"} "b"', TENANT)).toThrow('unexpected ""b""');
    expect(() => remembering('up{job="web"}', 'a|b')).toThrow(TypeError);
  });

  it('takes no tenant id with a piece of a query for another', () => {
    const { remembering } = watched();
    remembering('up {job="web"}', TENANT);
    remembering('up {job="web"}', TENANT);
    expect(() => remembering('{job="web"}', `${TENANT} up`)).toThrow(TypeError);
  });

  it('stops what does not read as it was put together', () => {
    const remembering = byShape((query) => `${query} # note`, promqlLexis);
    remembering('up{job="web"}', TENANT);
    expect(() => remembering('up{job="web"}', TENANT)).toThrow('not put together');
  });

  const contents = fc.oneof(
    fc.string({
      unit: fc.constantFrom('a', '}', '{', '#', '/', '\\', '"', "'", '`', ',', '\u00e9', '\u{1f600}'),
    }),
    fc.constantFrom(TENANT, `",tenant_id="${OTHER}`, 'tenant_id', '__name__', '{{.x}}', 'nil', '5m'),
  );

  it.each([
    ['PromQL', enforcePromql, promqlLexis, promqlQuery],
    ['LogQL', enforceLogql, logqlLexis, logqlQuery],
  ])('makes of any query with other strings what parsing makes of it: %s', (_, enforce, lexis, generate) => {
    const remembering = byShape(enforce, lexis);
    const words = {
      metrics: ['up'],
      labels: ['job', 'tenant_id'],
      values: { job: ['a', ''], tenant_id: [OTHER] },
    };
    const query = fc.nat().map((seed) => generate({ ...words, rng: seededRng(seed) }));
    fc.assert(
      fc.property(query, fc.array(contents, { minLength: 1, maxLength: 6 }), (text, others) => {
        expect(remembering(text, TENANT)).toBe(enforce(text, TENANT));
        let turn = 0;
        const changed = text.replace(/"(?:[^"\\]|\\.)*"/g, () =>
          JSON.stringify(others[turn++ % others.length]),
        );
        expect(remembering(changed, TENANT)).toBe(enforce(changed, TENANT));
      }),
      { numRuns: 500 },
    );
  });
});

describe('assertFilled', () => {
  const ours = `"${TENANT}"`;
  const form: Form = {
    ...{ pieces: [], shape: 'up{tenant_id="x",job="x",pod=""}' },
    strings: [ours, null, null],
  };
  const check = (text: string) => () => assertFilled(text, form, ['"api"', '""'], promqlLexis);

  it('lets through what is the proven text with the strings of the caller', () => {
    expect(check(`up{tenant_id=${ours},job="api",pod=""}`)).not.toThrow();
  });

  it.each([
    ['our string and theirs swapped', `up{tenant_id="api",job=${ours},pod=""}`],
    ['another tenant', `up{tenant_id="${OTHER}",job="api",pod=""}`],
    ['our matcher left out', 'up{job="api",pod=""}'],
    ['another string of theirs', `up{tenant_id=${ours},job="web",pod=""}`],
    ['a string of theirs left out', `up{tenant_id=${ours},job="api"}`],
    ['text between the strings', `up{tenant_id=${ours},job="api",pod=""} or up{pod=""}`],
    ['a string that ends early', `up{tenant_id=${ours},job="api"} or {job="",pod=""}`],
    ['a negated matcher', `up{tenant_id!=${ours},job="api",pod=""}`],
  ])('stops %s', (_, text) => {
    expect(check(text)).toThrow('not put together');
  });
});

describe('takeApart', () => {
  it('keeps all but what strings hold', () => {
    const query = 'a{b="c",d=\'\',e=`f\n`} # "g"';
    expect(takeApart(readQuery(query, promqlLexis))).toEqual({
      shape: 'a{b="x",d=\'\',e=`x`}      ',
      strings: ['"c"', "''", '`f\n`'],
    });
  });
});

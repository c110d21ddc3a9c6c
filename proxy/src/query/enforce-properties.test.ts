// What holds for every query, tried on generated ones and on arbitrary text.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findLeak, normalised, withoutTenant } from '../../test/check-enforced.ts';
import type { LanguageName } from '../../test/check-enforced.ts';
import { logqlQuery } from '../../test/generate/logql.ts';
import { promqlQuery } from '../../test/generate/promql.ts';
import { seededRng } from '../../test/generate/random.ts';
import type { Vocabulary } from '../../test/generate/random.ts';
import { traceqlQuery } from '../../test/generate/traceql.ts';
import { QueryRefused } from './enforce-error.ts';
import { enforceLogql, enforceLogqlSelector } from './enforce-logql.ts';
import { enforcePromql, enforcePromqlSelector } from './enforce-promql.ts';
import { enforceTraceql, enforceTraceqlTagFilter } from './enforce-traceql.ts';

const TENANT = '0b5e55ed-0000-4000-8000-000000000001';

type Enforce = (query: string, tenantId: string) => string;
type Language = {
  name: LanguageName;
  enforce: Enforce;
  generate: (words: Vocabulary) => string;
  words: Omit<Vocabulary, 'rng'>;
};

const languages: Language[] = [
  {
    name: 'promql',
    enforce: enforcePromql,
    generate: promqlQuery,
    words: {
      metrics: ['up', 'http_requests_total', 'dotted.name', 'sum'],
      labels: ['job', 'tenant_id', 'dotted.label'],
      values: { job: ['api', 'we"b', '}', '#'], tenant_id: ['another', ''] },
    },
  },
  {
    name: 'logql',
    enforce: enforceLogql,
    generate: logqlQuery,
    words: {
      metrics: ['error', '{x}', '#'],
      labels: ['app', 'tenant_id'],
      values: { app: ['a"b', '}'], tenant_id: ['another'] },
    },
  },
  {
    name: 'traceql',
    enforce: enforceTraceql,
    generate: traceqlQuery,
    words: {
      metrics: ['GET /', '} || {'],
      labels: ['span.http.method', 'resource.tenant_id', 'resource."a } b"'],
      values: { 'span.http.method': ['GET', ')'], 'resource.tenant_id': ['another'] },
    },
  },
];

/** Pieces of all three languages and of none, in any order. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        '{',
        '}',
        '(',
        ')',
        '[',
        ']',
        '"',
        "'",
        '`',
        '#',
        '=',
        '~',
        '!',
        ',',
        '.',
        '\\',
        '\n',
        '\r',
      ),
      fc.constantFrom(
        'up',
        'sum(',
        '{a="b"}',
        '{ .a }',
        '{}',
        ' or ',
        ' && ',
        '| json',
        'rate(',
        '[5m]',
        '//',
        '/*',
        '*/',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const accepted = (enforce: Enforce, query: string): string | null => {
  try {
    return enforce(query, TENANT);
  } catch (error) {
    if (error instanceof QueryRefused) return null;
    throw error;
  }
};

describe.each(languages)('$name', ({ name, enforce, generate, words }) => {
  const query = fc.nat().map((seed) => generate({ ...words, rng: seededRng(seed) }));

  it('accepts every generated query, ties each selector and leaves the rest as it was', () => {
    fc.assert(
      fc.property(query, (text) => {
        const enforced = enforce(text, TENANT);
        expect(findLeak(name, enforced, TENANT)).toBeNull();
        expect(withoutTenant(name, enforced, TENANT)).toBe(normalised(text));
      }),
      { numRuns: 300 },
    );
  });

  it('can be applied twice to the same effect', () => {
    fc.assert(
      fc.property(query, (text) => {
        const twice = enforce(enforce(text, TENANT), TENANT);
        expect(findLeak(name, twice, TENANT)).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it('fails on no text in any other way than by refusing it, and ties what it accepts', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const enforced = accepted(enforce, text);
        expect(enforced === null || findLeak(name, enforced, TENANT) === null).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('selectors and tag filters', () => {
  it('fail on no text in any other way than by refusing it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const enforce of [enforcePromqlSelector, enforceLogqlSelector]) {
          const enforced = accepted(enforce, text);
          expect(enforced === null || enforced.includes(`tenant_id="${TENANT}"`)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a tag filter is never refused and is one conjunction that begins with the tenant', () => {
    const [{ generate, words }] = languages.slice(2) as [Language];
    const filter = fc.nat().map((seed) => generate({ ...words, rng: seededRng(seed) }));
    fc.assert(
      fc.property(fc.oneof(filter, anyText), (text) => {
        const enforced = enforceTraceqlTagFilter(text, TENANT);
        const condition = String.raw`(?:(?:span|resource)\.[\w.-]+|[\w:]+) (?:=|!=|=~|!~|<|<=|>|>=) [^ |{}=<>!~]+`;
        expect(enforced).toMatch(
          new RegExp(`^\\{ resource\\.tenant_id="${TENANT}"(?: && ${condition})* \\}$`),
        );
        expect(enforced.split('tenant_id')).toHaveLength(2);
      }),
      { numRuns: 1_000 },
    );
  });
});

// Whatever is searched for, no query that reaches a store lacks the tenant on any selector, and nothing that somebody
// types becomes more than a string. The check shares only the grammars with the code under test.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findLeak } from '../../test/check-enforced.ts';
import type { LanguageName } from '../../test/check-enforced.ts';
import { OTHER_TENANT, startTestProxy, TENANT } from '../../test/query/testing.ts';
import type { Recorded, TestProxy } from '../../test/query/testing.ts';
import { answerAsStore, askSearch, body } from '../../test/search/testing.ts';

let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy();
  proxy.answerWith(answerAsStore);
});
afterAll(() => proxy.close());
beforeEach(() => void proxy.recorded.splice(0));

const NASTY = [
  '"',
  '\\',
  '`',
  "'",
  '{',
  '}',
  '"} or {"',
  '"}',
  '|',
  '=~".*"',
  '\\"',
  '#',
  '//',
  '/*',
  ')',
  ',',
  '$',
  '\\x22',
];
const nasty = fc
  .array(
    fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme', maxLength: 4 }), fc.constant('a')),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''))
  // eslint-disable-next-line no-control-regex -- the language refuses these, which has tests of its own
  .filter((text) => text !== '' && text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f]/.test(text));

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
const field = fc.constantFrom(
  '',
  'service:',
  'name:',
  'pod:',
  'host.name:',
  'resource.x-y/z:',
  '@tenant_id:',
  '@level:',
);
const word = fc.tuple(fc.constantFrom('', '-'), field, nasty);
const fixed = fc.constantFrom(
  ...[
    'level:error',
    'level:>=warn',
    '-level:info',
    'trace:ab',
    '-trace:ab',
    'span:ab',
    'duration:>1s',
    'a.b:>5',
  ],
  ...[`@tenant_id:${OTHER_TENANT}`, 'service:a*', '@tenant_id:*', 'http.status_code:500', 'cached:true'],
);

const LANGUAGE_OF: readonly (readonly [prefix: string, parameter: string, language: LanguageName])[] = [
  ['/loki/', 'query', 'logql'],
  ['/api/search', 'q', 'traceql'],
  ['/api/metrics/', 'q', 'traceql'],
  ['/api/v1/series', 'match[]', 'promql'],
  ['/api/v1/', 'query', 'promql'],
];

function queriesIn({ path, params }: Recorded): [LanguageName, string][] {
  const row = LANGUAGE_OF.find(([prefix]) => path.startsWith(prefix));
  if (!row) throw new Error(`${path} is not expected`);
  const [, parameter, language] = row;
  return params.getAll(parameter).map((query) => [language, query]);
}

let asked = 0;
async function queriesOf(text: string): Promise<[LanguageName, string][]> {
  proxy.recorded.splice(0);
  // A range of its own each time: what was asked a moment ago would not be asked again.
  const hour = 3_600_000 * (asked += 1);
  const range = { from: new Date(hour).toISOString(), to: new Date(hour + 600_000).toISOString() };
  const answer = await askSearch(proxy, body(text, { ...range, limit: 3 }));
  expect(answer.status).toBe(200);
  for (const { headers } of proxy.recorded) expect(headers['x-scope-orgid']).toBe(TENANT);
  return proxy.recorded.flatMap(queriesIn);
}

/** A query with its strings emptied: what is left of it once all that people type is taken out. */
const shapeOf = (query: string): string => query.replace(/"(?:[^"\\]|\\.)*"/g, '""');

describe('what search sends to the stores', () => {
  it('is tied to the tenant in every selector, whatever is searched for', async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(word, fixed), { maxLength: 4 }), async (words) => {
        const text = words
          .map((each) => (typeof each === 'string' ? each : `${each[0]}${each[1]}${quoted(each[2])}`))
          .join(' ');
        for (const [language, query] of await queriesOf(text)) {
          seen += 1;
          expect([query, findLeak(language, query, TENANT)]).toEqual([query, null]);
        }
      }),
      { numRuns: 150 },
    );
    expect(seen).toBeGreaterThan(300);
  }, 60_000);

  it('has the same shape whatever a value holds', async () => {
    await fc.assert(
      fc.asyncProperty(word, async ([sign, name, value]) => {
        fc.pre(/\D/.test(value) && !/^(?:true|false|-?[\d.]+)$/.test(value));
        const shapes = async (text: string): Promise<string[]> =>
          (await queriesOf(`${sign}${name}${quoted(text)}`)).map(([, query]) => shapeOf(query)).sort();
        expect(await shapes(value)).toEqual(await shapes('harmless'));
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

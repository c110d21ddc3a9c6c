// A first reader that misses the strings: no query is known on which the real one and a grammar differ.
import { describe, expect, it, jest } from '@jest/globals';
import type { Lexis } from './enforce-text.ts';

const text = await import('./enforce-text.ts');
jest.unstable_mockModule('./enforce-text.ts', () => ({
  ...text,
  readQuery: (query: string, lexis: Lexis) => ({ ...text.readQuery(query, lexis), strings: [] }),
}));
const { enforceLogql, enforceLogqlSelector } = await import('./enforce-logql.ts');
const { enforcePromql, enforcePromqlSelector } = await import('./enforce-promql.ts');

const TENANT = '0b5e55ed-0000-4000-8000-000000000001';

describe('strings that only one reader sees', () => {
  it.each([
    ['PromQL', enforcePromql],
    ['a PromQL selector', enforcePromqlSelector],
    ['LogQL', enforceLogql],
    ['a LogQL selector', enforceLogqlSelector],
  ])('are refused in %s', (_, enforce) => {
    expect(() => enforce('{job="api"}', TENANT)).toThrow('cannot tell which');
  });
});

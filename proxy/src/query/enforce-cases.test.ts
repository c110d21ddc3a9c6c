// Runs the query cases in proxy/test/query-cases: one per line, `input ==> output`, or
// `input ==> ! code line:column message` for a refusal. In them <ID> is the tenant's id and ‹0A› the character U+000A;
// ‹› is nothing, for an empty input. White space at the end of an output does not count.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { QueryRefused } from './enforce-error.ts';
import { enforceLogql, enforceLogqlSelector } from './enforce-logql.ts';
import { enforcePromql, enforcePromqlSelector } from './enforce-promql.ts';
import { enforceTraceql, enforceTraceqlTagFilter } from './enforce-traceql.ts';

const TENANT = '0b5e55ed-0000-4000-8000-000000000001';

const files = {
  promql: enforcePromql,
  'promql-selector': enforcePromqlSelector,
  logql: enforceLogql,
  'logql-selector': enforceLogqlSelector,
  traceql: enforceTraceql,
  'traceql-tags': enforceTraceqlTagFilter,
};

const decoded = (text: string): string =>
  text
    .replaceAll('<ID>', TENANT)
    .replace(/‹([0-9A-F]*)›/g, (_, hex: string) =>
      hex === '0D0A' ? '\r\n' : hex === '' ? '' : String.fromCharCode(parseInt(hex, 16)),
    );

const outcome = (enforce: (query: string, tenantId: string) => string, query: string): string => {
  try {
    return enforce(query, TENANT).trimEnd();
  } catch (error) {
    if (!(error instanceof QueryRefused)) throw error;
    const { code, position, message } = error;
    return `! ${code} ${position.line}:${position.column} ${message.replace(/^line \d+, column \d+: /, '')}`;
  }
};

describe.each(Object.entries(files))('query cases: %s', (name, enforce) => {
  const text = readFileSync(new URL(`../../test/query-cases/${name}.txt`, import.meta.url), 'utf8');
  let group = '';
  const cases = text.split('\n').flatMap((line, index) => {
    const [input, output] = line.split(' ==> ');
    if (output === undefined) {
      if (line !== '') group = line;
      return [];
    }
    return [{ at: `${name}.txt:${index + 1}`, group, input: decoded(input ?? ''), output: decoded(output) }];
  });

  it.each(cases)('$group, $at: $input', ({ input, output }) => {
    expect(outcome(enforce, input)).toBe(output.trimEnd());
  });

  it('reads its cases', () => {
    expect(cases.length).toBeGreaterThan(15);
  });
});

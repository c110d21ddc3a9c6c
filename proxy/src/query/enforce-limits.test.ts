// Long, deep and wide queries: refused with a reason, in time that grows no faster than the query.
import { describe, expect, it } from '@jest/globals';
import { QueryRefused } from './enforce-error.ts';
import { enforceLogql } from './enforce-logql.ts';
import { enforcePromql } from './enforce-promql.ts';
import { MAX_BRACKET_DEPTH, MAX_QUERY_LENGTH } from './enforce-text.ts';
import { enforceTraceql } from './enforce-traceql.ts';

const TENANT = '0b5e55ed-0000-4000-8000-000000000001';

const refusal = (run: () => string): QueryRefused => {
  try {
    run();
  } catch (error) {
    if (error instanceof QueryRefused) return error;
    throw error;
  }
  throw new Error('was not refused');
};

const wrapped = (inner: string, depth: number): string => '('.repeat(depth) + inner + ')'.repeat(depth);

describe('limits', () => {
  it('accepts a query of the greatest length and refuses one character more', () => {
    const padding = (length: number): string => `up{a=~"${'x'.repeat(length - 'up{a=~""}'.length)}"}`;
    expect(enforcePromql(padding(MAX_QUERY_LENGTH), TENANT)).toContain(`tenant_id="${TENANT}"`);
    expect(refusal(() => enforcePromql(padding(MAX_QUERY_LENGTH + 1), TENANT)).code).toBe('too_long');
    expect(refusal(() => enforceLogql('#'.repeat(MAX_QUERY_LENGTH + 1), TENANT)).code).toBe('too_long');
    expect(refusal(() => enforceTraceql(' '.repeat(MAX_QUERY_LENGTH + 1), TENANT)).code).toBe('too_long');
  });

  it('accepts the deepest nesting and refuses one level more', () => {
    expect(enforcePromql(wrapped('up', MAX_BRACKET_DEPTH), TENANT)).toContain(TENANT);
    expect(enforceLogql(wrapped('{a="b"}', MAX_BRACKET_DEPTH - 1), TENANT)).toContain(TENANT);
    expect(enforceTraceql(wrapped('{ .a }', MAX_BRACKET_DEPTH - 1), TENANT)).toContain(TENANT);
    expect(refusal(() => enforcePromql(wrapped('up', MAX_BRACKET_DEPTH + 1), TENANT)).code).toBe('too_deep');
    expect(refusal(() => enforceLogql(wrapped('{a="b"}', MAX_BRACKET_DEPTH), TENANT)).code).toBe('too_deep');
    expect(refusal(() => enforceTraceql(wrapped('{ .a }', MAX_BRACKET_DEPTH), TENANT)).code).toBe('too_deep');
  });

  it('refuses trees that are deep without brackets, rather than lose selectors in them', () => {
    for (const chained of [
      'a or '.repeat(3_000) + 'a',
      `a${' offset 5m'.repeat(1_500)}`,
      `${'-'.repeat(20_000)}a`,
    ]) {
      expect(['too_deep', 'parse_error']).toContain(refusal(() => enforcePromql(chained, TENANT)).code);
    }
    expect(refusal(() => enforceLogql(`{${'a="b",'.repeat(5_000)}a="b"}`, TENANT)).message).toContain(
      'chain',
    );
    expect(refusal(() => enforceTraceql('{ .a } && '.repeat(3_000) + '{ .a }', TENANT)).message).toContain(
      'chain',
    );
  });

  it('accepts chains of a hundred operations whole, and refuses one that only the matchers make too long', () => {
    const enforced = enforcePromql('a or '.repeat(100) + 'a', TENANT);
    expect(enforced.split(TENANT)).toHaveLength(102);
    const error = refusal(() => enforcePromql('a or '.repeat(300) + 'a', TENANT));
    expect(error).toMatchObject({ code: 'too_deep', position: { offset: 0 } });
  });

  it('refuses a short query that would grow into a long one', () => {
    const selectors = `label_join(${'a,'.repeat(2_000)}a)`;
    expect(refusal(() => enforcePromql(selectors, TENANT)).code).toBe('too_long');
  });

  it('says where, by line and column', () => {
    const error = refusal(() => enforcePromql('sum(\n  up{a=1}\n)', TENANT));
    expect(error.position).toEqual({ offset: 12, line: 2, column: 8 });
    expect(error.message).toMatch(/^line 2, column 8: /);
    expect(refusal(() => enforceTraceql('{\n .a = 1 &&\n b }', TENANT)).position).toMatchObject({
      line: 3,
      column: 2,
    });
  });
});

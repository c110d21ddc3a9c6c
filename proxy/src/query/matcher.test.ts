import { describe, expect, it } from '@jest/globals';
import { enforceLogql } from './enforce-logql.ts';
import { enforcePromql } from './enforce-promql.ts';
import { enforceTraceql, enforceTraceqlTagFilter } from './enforce-traceql.ts';
import { equalityMatcher, regexMatcher, spanCondition, tenantSelector, tenantSpanset } from './matcher.ts';

const TENANT = '0b5e55ed-0000-4000-8000-000000000001';

// Class 9 of what isolation must survive: tenant values that a store or a path reads as something else.
const notTenants: [string, unknown][] = [
  ['empty', ''],
  ['federation', `${TENANT}|${TENANT}`],
  ['upper case', TENANT.toUpperCase()],
  ['white space', ` ${TENANT}`],
  ['a line end', `${TENANT}\n`],
  ['a header break', `${TENANT}\r\nX-Scope-OrgID: other`],
  ['a dot', '.'],
  ['two dots', '..'],
  ['a comma', `${TENANT},${TENANT}`],
  ['a quote', `${TENANT}"`],
  ['a regular expression', '.*'],
  ['an escape', `${TENANT.slice(0, -1)}\\`],
  ['a letter from elsewhere', TENANT.replace('b', 'ь')],
  ['full-width digits', TENANT.replace('0', '０')],
  ['braces', `{${TENANT}}`],
  ['no dashes', TENANT.replaceAll('-', '')],
  ['too long', `${TENANT}0`],
  ['a reserved name', 'anonymous'],
  ['undefined', undefined],
  ['null', null],
  ['an array', [TENANT]],
];

describe('tenant matchers', () => {
  it('are built from a tenant id', () => {
    expect(equalityMatcher(TENANT)).toBe(`tenant_id="${TENANT}"`);
    expect(regexMatcher(TENANT)).toBe(`tenant_id=~"${TENANT}"`);
    expect(tenantSelector(TENANT)).toBe(`{tenant_id="${TENANT}"}`);
    expect(spanCondition(TENANT)).toBe(`resource.tenant_id="${TENANT}"`);
    expect(tenantSpanset(TENANT)).toBe(`{ resource.tenant_id="${TENANT}" }`);
  });

  it.each(notTenants)('refuse a tenant id with %s', (_, value) => {
    const id = value as string;
    const build = [equalityMatcher, regexMatcher, tenantSelector, spanCondition, tenantSpanset];
    for (const matcher of build) expect(() => matcher(id)).toThrow(TypeError);
    expect(() => enforcePromql('up', id)).toThrow(TypeError);
    expect(() => enforceLogql('{a="b"}', id)).toThrow(TypeError);
    expect(() => enforceTraceql('{ .a }', id)).toThrow(TypeError);
    expect(() => enforceTraceqlTagFilter('{ .a }', id)).toThrow(TypeError);
  });

  it('refuse a wrong tenant id even when the query selects nothing', () => {
    expect(() => enforcePromql('1+1', '')).toThrow(TypeError);
    expect(() => enforceLogql('vector(1)', '')).toThrow(TypeError);
    expect(() => enforceTraceql('', '')).toThrow(TypeError);
  });
});

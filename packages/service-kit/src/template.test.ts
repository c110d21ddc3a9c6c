import { describe, expect, it } from '@jest/globals';
import { fillIn } from './template.ts';

describe('a template', () => {
  it('takes values, and a doubled dollar for one', () => {
    expect(fillIn('${URL}/x $${__tags} $$__tags', { URL: 'http://p' })).toBe('http://p/x ${__tags} $__tags');
  });

  it('inserts a value as it is, whatever is in it', () => {
    expect(fillIn('${A}', { A: '$& ${B} $$' })).toBe('$& ${B} $$');
  });

  it('refuses a variable without a value', () => {
    expect(() => fillIn('${MISSING}', {})).toThrow('no value for ${MISSING}');
  });
});

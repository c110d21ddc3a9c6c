import { describe, expect, it } from '@jest/globals';
import { presentedCredential } from './presented-credential.ts';

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('the credential of a request', () => {
  it.each([
    [{ authorization: 'Bearer obk_1' }, 'obk_1'],
    [{ authorization: 'bearer   obk_1' }, 'obk_1'],
    [{ authorization: basic('anyone:obk_1') }, 'obk_1'],
    [{ authorization: basic(':obk_1') }, 'obk_1'],
    [{ authorization: basic('user:with:colon') }, 'with:colon'],
    [{ 'x-api-key': 'obk_1' }, 'obk_1'],
    [{ 'x-api-key': 'obk_1', authorization: 'Bearer obk_1' }, 'obk_1'],
  ])('is read from %j', (headers, expected) => {
    expect(presentedCredential(headers)).toBe(expected);
  });

  it.each([
    [{}],
    [{ authorization: '' }],
    [{ authorization: 'Bearer' }],
    [{ authorization: 'Bearer a b' }],
    [{ authorization: 'obk_1' }],
    [{ authorization: 'Digest obk_1' }],
    [{ authorization: basic('no colon') }],
    [{ authorization: 'Basic %%%' }],
  ])('is absent from %j', (headers) => {
    expect(presentedCredential(headers)).toBeUndefined();
  });

  it('is refused when two different ones are given', () => {
    expect(() => presentedCredential({ authorization: 'Bearer a', 'x-api-key': 'b' })).toThrow(/different/);
    expect(() => presentedCredential({ authorization: 'Digest a', 'x-api-key': 'b' })).toThrow(/different/);
  });
});

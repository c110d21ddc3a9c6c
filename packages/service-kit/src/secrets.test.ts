import { describe, expect, it } from '@jest/globals';
import { bearerToken, secretsEqual, sha256Hex } from './secrets.ts';

describe('secrets', () => {
  it('hashes as FIPS 180-4 says', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('compares texts of any length', () => {
    expect(secretsEqual('same', 'same')).toBe(true);
    expect(secretsEqual('same', 'sama')).toBe(false);
    expect(secretsEqual('same', 'same but longer')).toBe(false);
    expect(secretsEqual('', 'x')).toBe(false);
  });

  it.each([
    ['Bearer abc', 'abc'],
    ['bearer  abc', 'abc'],
    ['Basic abc', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['Bearer a, Bearer b', undefined],
    [undefined, undefined],
  ])('reads the token of %p', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });
});

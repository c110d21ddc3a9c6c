import { describe, expect, it } from '@jest/globals';
import { BASE62, parseCredential } from '@obstack/contracts/credential-format';
import { sha256Hex } from '@obstack/service-kit/secrets';
import { mintCredential, randomBase62 } from './mint-credential.ts';

describe('mintCredential', () => {
  it.each(['ingestion-key', 'query-token', 'operator-token'] as const)('makes a valid %s', (kind) => {
    const { keyId, text, sha256 } = mintCredential(kind);
    expect(parseCredential(text)).toEqual({ kind, keyId });
    expect(sha256).toBe(sha256Hex(text));
  });

  it('never makes the same one twice', () => {
    const texts = Array.from({ length: 1000 }, () => mintCredential('query-token').text);
    expect(new Set(texts).size).toBe(1000);
  });
});

describe('randomBase62', () => {
  it('uses every character equally often', () => {
    const sample = 62_000;
    const counts = new Map<string, number>();
    for (const character of Array.from(randomBase62(sample))) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(Array.from(counts.keys()).sort()).toEqual(Array.from(BASE62));
    // Chi-square with 61 degrees of freedom: 130 is passed by chance less than once in a million runs.
    // Taking bytes modulo 62 without throwing any away gives about 1,900.
    const expected = sample / 62;
    const chiSquare = Array.from(counts.values()).reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(130);
  });
});

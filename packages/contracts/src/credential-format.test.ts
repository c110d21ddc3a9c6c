import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { BASE62, formatCredential, parseCredential } from './credential-format.ts';

const keyId = 'AbCdEf012345';
const secret = 'abcdefghijklmnopqrstuvwxyz012345';
const key = formatCredential('ingestion-key', keyId, secret);

describe('a credential’s text', () => {
  it('is prefix, key id, secret and a CRC-32 as zlib computes it', () => {
    const body = `obk_${keyId}_${secret}`;
    expect(key.startsWith(body)).toBe(true);
    const crc = Array.from(key.slice(body.length)).reduce(
      (sum, digit) => sum * 62 + BASE62.indexOf(digit),
      0,
    );
    expect(crc).toBe(crc32(body));
    expect(key).toHaveLength(55);
  });

  it.each(['ingestion-key', 'query-token', 'operator-token'] as const)('is read back: %s', (kind) => {
    expect(parseCredential(formatCredential(kind, keyId, secret))).toEqual({ kind, keyId });
  });

  it('pads a small checksum to six digits', () => {
    const lengths = Array.from({ length: 200 }, (_, i) =>
      formatCredential('query-token', keyId, String(i).padStart(32, '0')),
    );
    expect(new Set(lengths.map((text) => text.length))).toEqual(new Set([55]));
    expect(lengths.every((text) => parseCredential(text))).toBe(true);
  });

  it.each([
    ['one wrong character in the secret', key.replace('abc', 'abd')],
    ['one wrong character in the checksum', key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')],
    ['another kind’s prefix', key.replace('obk', 'obq')],
    ['an unknown prefix', key.replace('obk', 'obx')],
    ['one character short', key.slice(0, -1)],
    ['something after it', `${key} `],
    ['a line break after it', `${key}\n`],
    ['nothing', ''],
  ])('is refused with %s', (_, text) => {
    expect(parseCredential(text)).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { RecentlyUsed } from './recently-used.ts';

describe('RecentlyUsed', () => {
  it('keeps what is asked for again and again, however much comes in between', () => {
    const known = new RecentlyUsed<number>({ maxEntries: 10, maxCharacters: 1_000 });
    known.set('hot', 1, 1);
    for (let i = 0; i < 1_000; i++) {
      known.set(`cold ${i}`, i, 1);
      expect(known.get('hot')).toBe(1);
    }
    expect(known.get('cold 0')).toBeUndefined();
  });

  it('keeps at least the last half of what it may hold, and never more than all', () => {
    const known = new RecentlyUsed<number>({ maxEntries: 10, maxCharacters: 1_000 });
    for (let i = 0; i < 100; i++) {
      known.set(`key ${i}`, i, 1);
      expect(known.size.entries).toBeLessThanOrEqual(10);
    }
    for (let i = 95; i < 100; i++) expect(known.get(`key ${i}`)).toBe(i);
  });

  it('stays within its size', () => {
    const known = new RecentlyUsed<string>({ maxEntries: 1_000, maxCharacters: 100 });
    for (let i = 0; i < 100; i++) {
      known.set(`key ${i}`, 'value', i % 40);
      expect(known.size.characters).toBeLessThanOrEqual(100);
    }
    known.set('large', 'value', 60);
    expect(known.get('large')).toBeUndefined();
  });
});

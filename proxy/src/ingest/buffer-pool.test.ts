import { describe, expect, it } from '@jest/globals';
import { BufferPool, discard } from './buffer-pool.ts';

const MIB = 1024 * 1024;

describe('BufferPool', () => {
  it('lends exactly as many bytes as asked for', () => {
    const pool = new BufferPool(MIB);
    for (const bytes of [0, 1, 65_536, 65_537, 233_000, 300 * MIB]) {
      expect(pool.lend(bytes).bytes).toHaveLength(bytes);
    }
  });

  it('never lends the same memory twice before it is given back', () => {
    const pool = new BufferPool(MIB);
    const first = pool.lend(100_000);
    expect(pool.lend(100_000).bytes.buffer).not.toBe(first.bytes.buffer);
    first.giveBack();
    expect(pool.lend(120_000).bytes.buffer).toBe(first.bytes.buffer);
  });

  it('lends memory once that was given back twice', () => {
    const pool = new BufferPool(MIB);
    const lent = pool.lend(100_000);
    lent.giveBack();
    lent.giveBack();
    expect(pool.lend(100_000).bytes.buffer).not.toBe(pool.lend(100_000).bytes.buffer);
  });

  it('keeps no more than it may', () => {
    const pool = new BufferPool(128 * 1024);
    const [first, second] = [pool.lend(100_000), pool.lend(100_000)];
    first.giveBack();
    second.giveBack();
    expect(pool.lend(100_000).bytes.buffer).toBe(first.bytes.buffer);
    expect(pool.lend(100_000).bytes.buffer).not.toBe(second.bytes.buffer);
  });
});

describe('discard', () => {
  it('empties a buffer that has its memory for itself', () => {
    const own = Buffer.allocUnsafeSlow(70_000);
    discard(own);
    expect(own).toHaveLength(0);
  });

  it('leaves memory alone that others share', () => {
    const whole = Buffer.from('shared with others');
    const part = whole.subarray(0, 6);
    discard(part);
    expect(part.toString()).toBe('shared');
  });
});

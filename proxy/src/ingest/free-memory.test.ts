import { describe, expect, it } from '@jest/globals';
import { freeMemory } from './free-memory.ts';

describe('freeMemory', () => {
  it('empties a buffer that is all of its memory, and is content to be asked twice', () => {
    const buffer = Buffer.alloc(100_000, 'x');
    freeMemory(buffer);
    freeMemory(buffer);
    expect(buffer).toHaveLength(0);
    expect(buffer.buffer.byteLength).toBe(0);
  });

  it('leaves memory alone that the buffer is only a part of', () => {
    const small = Buffer.from('small');
    const memory = Buffer.alloc(100_000, 'x');
    freeMemory(small);
    freeMemory(memory.subarray(1));
    expect([small.toString(), memory.length]).toEqual(['small', 100_000]);
  });
});

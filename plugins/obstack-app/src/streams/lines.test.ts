import { LineSplitter } from './lines';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('LineSplitter', () => {
  it('gives lines when they are whole, wherever chunks end', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(bytes('{"a":1}\n{"b"'))).toEqual(['{"a":1}']);
    expect(splitter.rest).toBe('{"b"');
    expect(splitter.push(bytes(':2}\n'))).toEqual(['{"b":2}']);
    expect(splitter.rest).toBe('');
  });

  it('keeps characters whole that a chunk cuts in two', () => {
    const splitter = new LineSplitter();
    const whole = bytes('"naïve 🛒"\n');
    const lines = [...whole].flatMap((byte) => splitter.push(Uint8Array.of(byte)));
    expect(lines).toEqual(['"naïve 🛒"']);
  });

  it('leaves empty lines out', () => {
    expect(new LineSplitter().push(bytes('\n\r\n1\n\n'))).toEqual(['1']);
  });
});

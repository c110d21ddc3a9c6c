import { describe, expect, it } from '@jest/globals';
import { Gate } from './gate.ts';
import type { Urgency } from './gate.ts';

const forever = new AbortController().signal;

/** Work that notes when it begins, and ends when it is told to. */
function worker(gate: Gate) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (name: string, tenant = 'a', urgency: Urgency = 'hits', signal = forever): Promise<void> =>
    gate.run(tenant, urgency, signal, () => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, run, end };
}

describe('Gate', () => {
  it('lets in so many at once, and takes tenants in turn', async () => {
    const { begun, run, end } = worker(new Gate('Loki', 1, 3));
    const all = [run('a1'), run('a2'), run('a3'), run('b1', 'b')];
    expect(begun).toEqual(['a1']);
    for (const name of ['a1', 'a2', 'b1', 'a3']) await end(name);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
    await Promise.all(all);
  });

  it('puts hits before counts, and leaves room for them', async () => {
    const { begun, run, end } = worker(new Gate('Loki', 2));
    void run('count 1', 'a', 'counts');
    void run('count 2', 'a', 'counts');
    void run('hit 1');
    void run('hit 2');
    expect(begun).toEqual(['count 1', 'hit 1']);
    await end('count 1');
    expect(begun).toEqual(['count 1', 'hit 1', 'hit 2']);
    await end('hit 1');
    await end('hit 2');
    expect(begun.at(-1)).toBe('count 2');
  });

  it('closes a line that is too long, for that tenant alone', async () => {
    const { begun, run, end } = worker(new Gate('Loki', 1, 1));
    void run('a1');
    void run('a2');
    await expect(run('a3')).rejects.toThrow('Loki is busy');
    void run('b1', 'b');
    await end('a1');
    await end('a2');
    expect(begun).toEqual(['a1', 'a2', 'b1']);
  });

  it('forgets who leaves the line, and frees the place of work that fails', async () => {
    const gate = new Gate('Loki', 1);
    const { begun, run, end } = worker(gate);
    const leaving = new AbortController();
    void run('a1');
    const left = run('a2', 'a', 'hits', leaving.signal);
    void run('a3');
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await end('a1');
    expect(begun).toEqual(['a1', 'a3']);
    await end('a3');
    await expect(gate.run('a', 'hits', forever, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    void run('a4');
    expect(begun.at(-1)).toBe('a4');
  });
});

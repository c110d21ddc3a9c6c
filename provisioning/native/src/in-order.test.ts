import { describe, expect, it } from '@jest/globals';
import { inOrder } from './in-order.ts';

const before: Record<string, string[]> = {
  proxy: ['store', 'control'],
  control: ['database'],
  store: [],
  database: [],
};
const names = Object.keys(before);

describe('inOrder', () => {
  it('does each one once, after all that come before it, and the rest at the same time', async () => {
    const done: string[] = [];
    let most = 0;
    let now = 0;
    await inOrder(
      names,
      (name) => before[name] ?? [],
      async (name) => {
        expect(done).toEqual(expect.arrayContaining(before[name] ?? []));
        most = Math.max(most, (now += 1));
        await new Promise((resolve) => setTimeout(resolve, 10));
        now -= 1;
        done.push(name);
      },
    );
    expect(done.sort()).toEqual(names.sort());
    expect(most).toBe(2);
  });

  it('does not touch what comes after a failure', async () => {
    const touched: string[] = [];
    const act = (name: string) => {
      touched.push(name);
      return name === 'control' ? Promise.reject(new Error('no')) : Promise.resolve();
    };
    await expect(inOrder(names, (name) => before[name] ?? [], act)).rejects.toThrow('no');
    expect(touched).not.toContain('proxy');
  });
});

import { describe, expect, it } from '@jest/globals';
import { inOrder, inOrderRegardless } from './in-order.ts';

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

describe('inOrderRegardless', () => {
  const failing = async (...failures: string[]): Promise<{ touched: string[]; error: unknown }> => {
    const touched: string[] = [];
    const error = await inOrderRegardless(
      names,
      (name) => before[name] ?? [],
      (name) => {
        expect(touched).toEqual(expect.arrayContaining(before[name] ?? []));
        touched.push(name);
        return failures.includes(name) ? Promise.reject(new Error(`no ${name}`)) : Promise.resolve();
      },
    ).catch((reason: unknown) => reason);
    return { touched: touched.sort(), error };
  };

  it('acts on what comes after a failure too, in order, and rejects with it', async () => {
    expect(await failing('control')).toEqual({ touched: names.toSorted(), error: new Error('no control') });
  });

  it('rejects with all failures', async () => {
    const { touched, error } = await failing('database', 'proxy');
    expect(touched).toEqual(names.toSorted());
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({
      message: 'no database; no proxy',
      errors: [new Error('no database'), new Error('no proxy')],
    });
  });
});

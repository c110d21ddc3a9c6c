import { describe, expect, it } from '@jest/globals';
import type { Buckets } from './buckets.ts';
import { SettledCounts } from './settled-counts.ts';
import type { CountRow } from './settled-counts.ts';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;

/** Counts one in each minute; `asked` are first and last minute of each question. */
function counting(now = () => NOW, maxRows?: number) {
  const counts = new SettledCounts(now, maxRows);
  const asked: [number, number][] = [];
  const load = ({ startMs, stepMs, count }: Buckets): Promise<CountRow[]> => {
    asked.push([startMs / MINUTE, startMs / MINUTE + (count * stepMs) / MINUTE]);
    // With its neighbours, as stores may answer.
    const row = (_: unknown, i: number) => ({
      ...{ atMs: startMs + (i - 1) * stepMs, severity: null, service: null, count: 1 },
    });
    return Promise.resolve(Array.from({ length: count + 2 }, row));
  };
  const get = async (from: number, to: number, key = 'k') =>
    (await counts.get(key, { startMs: from * MINUTE, stepMs: MINUTE, count: to - from }, load))
      .map(({ atMs }) => atMs / MINUTE)
      .toSorted((a, b) => a - b);
  return { asked, get };
}
const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('SettledCounts', () => {
  it('asks for what is not known, before it and after it', async () => {
    const { asked, get } = counting();
    expect(await get(900, 910)).toEqual(minutes(900, 910));
    expect(await get(902, 908)).toEqual(minutes(902, 908));
    expect(await get(895, 915)).toEqual(minutes(895, 915));
    expect(await get(895, 915)).toEqual(minutes(895, 915));
    expect(asked).toEqual([
      [900, 910],
      [895, 900],
      [910, 915],
    ]);
  });

  it('asks again for the last five minutes, in which more may come', async () => {
    const { asked, get } = counting();
    await get(985, 1000);
    expect(await get(986, 1001)).toEqual(minutes(986, 1001));
    expect(asked).toEqual([
      [985, 1000],
      [995, 1001],
    ]);
  });

  it('counts all of it anew after five minutes', async () => {
    let now = NOW;
    const { asked, get } = counting(() => now);
    await get(900, 910);
    now += 5 * MINUTE - 1;
    await get(900, 912);
    now += 1;
    await get(900, 910);
    expect(asked).toEqual([
      [900, 910],
      [910, 912],
      [900, 910],
    ]);
  });

  it('keeps apart what is counted for others, in other steps, and at other times', async () => {
    const { asked, get } = counting();
    await get(900, 905);
    await get(900, 905, 'another tenant');
    await get(950, 955);
    expect(await get(950, 955)).toEqual(minutes(950, 955));
    expect(asked).toHaveLength(3);
  });

  it('forgets what was not asked for the longest', async () => {
    const { asked, get } = counting(() => NOW, 20);
    await get(900, 910, 'a');
    await get(900, 910, 'b');
    await get(900, 910, 'a');
    await get(900, 910, 'c');
    expect(asked).toHaveLength(3);
    await get(900, 910, 'a');
    expect(asked).toHaveLength(3);
    await get(900, 910, 'b');
    expect(asked).toHaveLength(4);
  });

  it('keeps nothing of a question that failed', async () => {
    const counts = new SettledCounts(() => NOW);
    const buckets = { startMs: 900 * MINUTE, stepMs: MINUTE, count: 1 };
    await expect(counts.get('k', buckets, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    const row = { atMs: buckets.startMs, severity: null, service: 'a', count: 3 };
    expect(await counts.get('k', buckets, () => Promise.resolve([row]))).toEqual([row]);
  });
});

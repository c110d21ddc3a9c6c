import { describe, expect, it } from '@jest/globals';
import { SharedAnswers } from './shared-answers.ts';
import type { Loaded } from './shared-answers.ts';

const forever = new AbortController().signal;
const never = (): Promise<Loaded> => new Promise<Loaded>(() => undefined);
const loaded =
  (value: unknown, size = 1) =>
  (): Promise<Loaded> =>
    Promise.resolve({ value, size });

describe('SharedAnswers', () => {
  it('gives up a load only when the last who waits has left', async () => {
    const answers = new SharedAnswers();
    let signal: AbortSignal | undefined;
    const first = new AbortController();
    const second = new AbortController();
    const load = (until: AbortSignal): Promise<Loaded> => {
      signal = until;
      return never();
    };
    const waits = [answers.get('k', first.signal, load), answers.get('k', second.signal, load)];
    first.abort(new Error('left'));
    await expect(waits[0]).rejects.toThrow('left');
    expect(signal?.aborted).toBe(false);
    second.abort(new Error('left too'));
    await expect(waits[1]).rejects.toThrow('left too');
    expect(signal?.aborted).toBe(true);
    await expect(answers.get('k', forever, loaded('anew'))).resolves.toBe('anew');
  });

  it('does not keep failures', async () => {
    const answers = new SharedAnswers();
    await expect(answers.get('k', forever, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(answers.get('k', forever, loaded(2))).resolves.toBe(2);
  });

  it('keeps answers for a while, within bounds', async () => {
    const answers = new SharedAnswers(60_000, 10);
    await answers.get('a', forever, loaded('a', 6));
    await expect(answers.get('a', forever, loaded('again'))).resolves.toBe('a');
    await answers.get('b', forever, loaded('b', 6));
    await expect(answers.get('a', forever, loaded('again'))).resolves.toBe('again');
    const brief = new SharedAnswers(0);
    await brief.get('a', forever, loaded(1));
    await new Promise((resolve) => setTimeout(resolve, 2));
    await expect(brief.get('a', forever, loaded(2))).resolves.toBe(2);
  });
});

import { useState } from 'react';
import { useCall } from '../../api/use-call';

/**
 * Does one thing to several, one after the other: where one fails, those before it are done, and `left` says which are not.
 * @param onPartly some are done, and then one could not be
 */
export function useEach<T>(all: readonly T[], work: (one: T) => Promise<unknown>, onPartly: () => void) {
  const [left, setLeft] = useState(all);
  const { run, running, failure } = useCall();

  const start = async (onDone: () => void) => {
    const done = new Set<T>();
    const isDone = await run(async () => {
      for (const one of left) {
        await work(one);
        done.add(one);
      }
      onDone();
    });
    if (!isDone && done.size > 0) {
      setLeft(left.filter((one) => !done.has(one)));
      onPartly();
    }
  };

  return { left, start, running, failure };
}

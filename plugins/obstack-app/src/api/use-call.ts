import { useCallback, useState } from 'react';
import type { Failure } from '../streams/failure';
import { failureOfCall } from './failure';

/** Something that is done once somebody asks for it: whether it runs, and how it failed. */
export function useCall() {
  const [running, setRunning] = useState(false);
  const [failure, setFailure] = useState<Failure>();

  /** Resolves to whether it worked; it never rejects. */
  const run = useCallback(async (work: () => Promise<void>): Promise<boolean> => {
    setRunning(true);
    setFailure(undefined);
    try {
      await work();
      return true;
    } catch (error) {
      setFailure(failureOfCall(error));
      return false;
    } finally {
      setRunning(false);
    }
  }, []);

  return { run, running, failure };
}

import { useCallback, useEffect, useState } from 'react';
import type { Failure } from '../streams/failure';
import { failureOfCall } from './failure';

interface State<T> {
  /** What it is of, and how often it had been asked for. */
  key: string | null;
  asked: number;
  data?: T;
  failure?: Failure;
}

export interface Resource<T> {
  /** Of this `key`; stays while it is read again. */
  data: T | undefined;
  failure: Failure | undefined;
  loading: boolean;
  reload: () => void;
}

/**
 * Reads something when `key` changes, and again at `reload()`. Another key, or leaving the page, cancels the reading.
 * @param key what `read` depends on; null: do not read yet
 */
export function useResource<T>(key: string | null, read: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [state, setState] = useState<State<T>>({ key: null, asked: 0 });
  const [asked, setAsked] = useState(0);

  useEffect(() => {
    if (key === null) {
      return;
    }
    const leaving = new AbortController();
    const settle = (patch: Pick<State<T>, 'data' | 'failure'>) => {
      if (!leaving.signal.aborted) {
        setState((last) => ({ data: last.key === key ? last.data : undefined, ...patch, key, asked }));
      }
    };
    read(leaving.signal).then(
      (data) => settle({ data }),
      (error: unknown) => settle({ failure: failureOfCall(error) })
    );
    return () => leaving.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` says what `read` depends on
  }, [key, asked]);

  const reload = useCallback(() => setAsked((last) => last + 1), []);
  const current = state.key === key ? state : undefined;
  return {
    data: current?.data,
    failure: current?.failure,
    loading: key !== null && current?.asked !== asked,
    reload,
  };
}

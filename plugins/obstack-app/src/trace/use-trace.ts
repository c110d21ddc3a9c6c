import { useEffect, useState } from 'react';
import { map } from 'rxjs';
import { PROXY_API } from '../constants';
import { Failure } from '../streams/failure';
import { getJson } from '../streams/get-json';
import { readTrace, type TraceAnswer } from './otlp';
import type { Trace } from './trace';

export type TraceState =
  | { kind: 'loading' }
  /** Nobody has it: it was never sent, is not stored yet, or is somebody else's. */
  | { kind: 'none' }
  | { kind: 'failure'; failure: Failure }
  | { kind: 'trace'; trace: Trace };

const LOADING: TraceState = { kind: 'loading' };

/** The trace with this id; it is asked for again when `asked` changes. */
export function useTrace(id: string, asked: number): TraceState {
  const [state, setState] = useState<{ id: string; asked: number; state: TraceState }>();
  useEffect(() => {
    const answer = (next: TraceState) => setState({ id, asked, state: next });
    const asking = getJson<TraceAnswer>(`${PROXY_API}/tempo/api/v2/traces/${encodeURIComponent(id)}`)
      .pipe(map((found) => readTrace(id, found)))
      .subscribe({
        next: (trace) => answer(trace ? { kind: 'trace', trace } : { kind: 'none' }),
        error: (error: unknown) => answer(outcomeOf(error)),
      });
    return () => asking.unsubscribe();
  }, [id, asked]);
  return state?.id === id && state.asked === asked ? state.state : LOADING;
}

/** The proxy says 404 of a trace that is not there, as of a path that is not; this path is. */
function outcomeOf(error: unknown): TraceState {
  const failure = error instanceof Failure ? error : new Failure('failed', String(error));
  return failure.kind === 'not-configured' && failure.isProblem ? { kind: 'none' } : { kind: 'failure', failure };
}

import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { Subscription } from 'rxjs';
import type { SearchLine, SearchRequest } from '@obstack/contracts/search';
import { PROXY_API } from '../constants';
import { Failure } from '../streams/failure';
import { NO_RESULTS, type Results, withLines } from './results';
import { search } from './search-api';

export interface SearchState {
  running: boolean;
  results: Results;
  failure: Failure | null;
  /** The results are of an earlier request, and stay until the first line of this one. */
  stale: boolean;
}

type Action =
  | { type: 'start'; keep: boolean }
  | { type: 'lines'; lines: readonly SearchLine[] }
  | { type: 'end'; failure: Failure | null };

const IDLE: SearchState = { running: false, results: NO_RESULTS, failure: null, stale: false };

function reduce(state: SearchState, action: Action): SearchState {
  switch (action.type) {
    case 'start':
      return { ...state, running: true, failure: null, stale: !action.keep };
    case 'lines':
      return { ...state, stale: false, results: withLines(state.stale ? NO_RESULTS : state.results, action.lines) };
    case 'end':
      return {
        running: false,
        failure: action.failure,
        stale: false,
        results: state.stale ? NO_RESULTS : state.results,
      };
  }
}

/**
 * Runs `request` whenever it is another object (null: not at all) and follows its answer. A new request cancels the one
 * before it; so does leaving the page.
 */
export function useSearch(request: SearchRequest | null) {
  const [state, dispatch] = useReducer(reduce, { ...IDLE, running: request !== null });
  const subscription = useRef<Subscription>();

  const run = useCallback((asked: SearchRequest, keep: boolean) => {
    subscription.current?.unsubscribe();
    dispatch({ type: 'start', keep });

    // Lines come faster than a screen can show them: one render a frame.
    let waiting: SearchLine[] = [];
    let frame: number | undefined;
    const flush = () => {
      frame = undefined;
      if (waiting.length > 0) {
        dispatch({ type: 'lines', lines: waiting });
        waiting = [];
      }
    };
    const end = (failure: Failure | null) => {
      cancel();
      flush();
      dispatch({ type: 'end', failure });
    };
    const cancel = () => frame !== undefined && cancelAnimationFrame(frame);

    const running = search(PROXY_API, asked).subscribe({
      next: (lines) => {
        waiting = waiting.concat(lines);
        frame ??= requestAnimationFrame(flush);
      },
      error: (error: unknown) => end(error instanceof Failure ? error : new Failure('failed', String(error))),
      complete: () => end(null),
    });
    running.add(cancel);
    subscription.current = running;
  }, []);

  useEffect(() => {
    if (request) {
      run(request, false);
    }
    return () => subscription.current?.unsubscribe();
  }, [request, run]);

  const next = state.results.done?.next;
  return {
    ...state,
    cancel: () => {
      subscription.current?.unsubscribe();
      dispatch({ type: 'end', failure: null });
    },
    /** Undefined when every source is through. */
    more: request && next && !state.running ? () => run({ ...request, cursor: next }, true) : undefined,
  };
}

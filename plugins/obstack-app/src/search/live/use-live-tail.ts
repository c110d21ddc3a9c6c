import { useEffect, useState } from 'react';
import type { Subscription } from 'rxjs';
import type { SearchHit, SearchLine } from '@obstack/contracts/search';
import { PROXY_API } from '../../constants';
import { Failure } from '../../streams/failure';
import { NO_RESULTS, withLines } from '../results';
import { search } from '../search-api';
import { pollDelay } from './poll-delay';

/** Lines on the page; the oldest go. */
export const MOST_LINES = 500;
/** Of one look. */
const LIMIT = 200;
/** What somebody sees who has just switched it on. */
const FIRST_LOOK_MS = 60_000;
/** Senders batch, and stores take their time: a line may come later than a younger one. */
const LATE_MS = 15_000;

export interface LiveTail {
  /** Newest first. */
  hits: readonly SearchHit[];
  /** Of the last look; the next one may go better. */
  failure: Failure | null;
  /** More came at once than one look shows: there are gaps. */
  isCut: boolean;
}

const NOTHING: LiveTail = { hits: [], failure: null, isCut: false };

/**
 * Log lines as they arrive. Grafana's plugin proxy passes no WebSocket, so it looks again and again, for what came since
 * the last look; not while the tab is hidden, nor while `isPaused`.
 */
export function useLiveTail(query: string, isPaused: boolean): LiveTail {
  const [state, setState] = useState<LiveTail & { query: string }>({ ...NOTHING, query });

  useEffect(() => {
    if (isPaused) {
      return;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking: Subscription | undefined;
    let delay = 0;
    // What was seen before a pause is older than the first look, or is in it.
    let seenUntil = Date.now() - FIRST_LOOK_MS + LATE_MS;

    const look = () => {
      const to = Date.now();
      const from = seenUntil - LATE_MS;
      let lines: SearchLine[] = [];
      const end = (failure: Failure | null) => {
        if (!failure) {
          seenUntil = to;
        }
        const found = withLines(NO_RESULTS, lines).hits.length;
        setState((before) => {
          const base = before.query === query ? before.hits : [];
          const { hits } = withLines({ ...NO_RESULTS, hits: base }, lines);
          return { query, hits: hits.slice(0, MOST_LINES), failure, isCut: found >= LIMIT };
        });
        delay = pollDelay(delay, failure ? 'failed' : found > 0 ? 'lines' : 'quiet');
        timer = setTimeout(look, delay);
      };
      const request = {
        query,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        signals: ['logs' as const],
        limit: LIMIT,
      };
      asking = search(PROXY_API, request).subscribe({
        next: (more) => (lines = lines.concat(more)),
        error: (error: unknown) => end(error instanceof Failure ? error : new Failure('failed', String(error))),
        complete: () => end(null),
      });
    };
    const stop = () => {
      clearTimeout(timer);
      asking?.unsubscribe();
    };
    const onVisibility = () => {
      stop();
      if (!document.hidden) {
        delay = 0;
        look();
      }
    };
    onVisibility();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      stop();
    };
  }, [query, isPaused]);

  return state.query === query ? state : NOTHING;
}

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Page } from '@obstack/contracts';
import type { Failure } from '../streams/failure';
import { failureOfCall } from './failure';

interface State<T> {
  key: string;
  /** The cursor that the first of the pages was read with. */
  start: string;
  items: readonly T[];
  /** Cursors of the pages that are here, the first one's included. */
  cursors: readonly string[];
  next: string | null;
  loading: boolean;
  failure?: Failure;
}

export interface List<T> {
  items: readonly T[];
  failure: Failure | undefined;
  /** The first page is on its way. */
  loading: boolean;
  /** One more page is on its way. */
  loadingMore: boolean;
  /** Undefined at the end of the list. */
  more: (() => void) | undefined;
  reload: () => void;
}

interface Options<T> {
  /** What the list depends on, its filters for one: another key is another list. */
  key: string;
  /** Where in the list to begin: from the URL; '' at its head. */
  cursor: string;
  /** Told of the page that was read last, for the URL. */
  onCursor: (cursor: string) => void;
  fetch: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>;
}

/** A list that is read page after page, each below the one before. */
export function useList<T>({ key, cursor, onCursor, fetch }: Options<T>): List<T> {
  const [state, setState] = useState<State<T>>(() => emptyList(key, cursor));
  const [asked, setAsked] = useState(0);
  const reading = useRef<AbortController>();

  const read = async (at: string, pages: number, begin: boolean) => {
    reading.current?.abort();
    const mine = (reading.current = new AbortController());
    setState((last) =>
      begin && last.key !== key ? emptyList(key, at) : { ...last, loading: true, failure: undefined }
    );
    try {
      let items: T[] = [];
      const cursors: string[] = [];
      let next: string | null = at;
      while (next !== null && cursors.length < pages) {
        cursors.push(next);
        const page: Page<T> = await fetch(next || undefined, mine.signal);
        items = items.concat(page.items);
        next = page.next;
      }
      if (mine.signal.aborted) {
        return;
      }
      setState((last) => ({
        key,
        start: begin ? at : last.start,
        items: begin ? items : [...last.items, ...items],
        cursors: begin ? cursors : [...last.cursors, ...cursors],
        next,
        loading: false,
      }));
      const latest = cursors[cursors.length - 1]!;
      if (latest !== cursor) {
        onCursor(latest);
      }
    } catch (error) {
      if (!mine.signal.aborted) {
        setState((last) => ({ ...last, loading: false, failure: failureOfCall(error) }));
      }
    }
  };

  // The URL follows the pages that are read here; it leads where it names one that is not.
  const known = state.key === key && state.cursors.includes(cursor);
  const begin = known ? state.start : cursor;
  useEffect(() => {
    // Read again, it is as long as it was.
    void read(begin, known ? state.cursors.length : 1, true);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` and `begin` say what to read
  }, [key, begin, asked]);
  useEffect(() => () => reading.current?.abort(), []);

  const here = state.key === key ? state : emptyList<T>(key, cursor);
  return {
    items: here.items,
    failure: here.failure,
    loading: here.loading && here.items.length === 0,
    loadingMore: here.loading && here.items.length > 0,
    more: here.next === null ? undefined : () => void read(here.next!, 1, false),
    reload: useCallback(() => setAsked((last) => last + 1), []),
  };
}

const emptyList = <T>(key: string, start: string): State<T> => ({
  key,
  start,
  items: [],
  cursors: [start],
  next: null,
  loading: true,
});

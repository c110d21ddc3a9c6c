import { Observable } from 'rxjs';
import type { SearchLine, SearchRequest } from '@obstack/contracts/search';
import { Failure } from '../streams/failure';
import { postLines } from '../streams/post-lines';

/**
 * Asks the search service behind `api` (the proxy as reached through Grafana, without a slash at its end) and emits what it says, as
 * it says it. An answer without its closing `done` is a failure of kind `cut`, after everything that did come.
 */
export function search(api: string, request: SearchRequest): Observable<SearchLine[]> {
  return new Observable((subscriber) => {
    let done = false;
    return postLines<SearchLine>(`${api}/api/v1/search`, request).subscribe({
      next: (lines) => {
        done ||= lines.some(({ type }) => type === 'done');
        subscriber.next(lines);
      },
      error: (error) => subscriber.error(error),
      complete: () => (done ? subscriber.complete() : subscriber.error(new Failure('cut', ''))),
    });
  });
}

import { Observable } from 'rxjs';
import { Failure } from './failure';
import { postLines } from './post-lines';

/**
 * As {@link postLines}, of a service that closes its answer with a line of type `done`: an answer without it is a failure of
 * kind `cut`, after everything that did come.
 */
export function askLines<Line extends { type: string }>(url: string, body: unknown): Observable<Line[]> {
  return new Observable((subscriber) => {
    let done = false;
    return postLines<Line>(url, body).subscribe({
      next: (lines) => {
        done ||= lines.some(({ type }) => type === 'done');
        subscriber.next(lines);
      },
      error: (error) => subscriber.error(error),
      complete: () => (done ? subscriber.complete() : subscriber.error(new Failure('cut', ''))),
    });
  });
}

import { Observable, retry, throwError, timer } from 'rxjs';
import { Failure } from './failure';
import { postLines } from './post-lines';

/** Grafana's plugin proxy cuts off about one answer in a hundred that begins very soon (golang/go's ReverseProxy). */
const ATTEMPTS = 3;

/**
 * As {@link postLines}, of a service that closes its answer with a line of type `done`. Without that line the answer was cut
 * off, and is asked for again: lines may come a second time, so a listener has to know them by their ids. What is cut off
 * each time is a failure of kind `cut`, after everything that did come.
 */
export function askLines<Line extends { type: string }>(url: string, body: unknown): Observable<Line[]> {
  const once = new Observable<Line[]>((subscriber) => {
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
  const unlessCut = (error: unknown) =>
    error instanceof Failure && error.kind === 'cut' ? timer(0) : throwError(() => error);
  return once.pipe(retry({ count: ATTEMPTS - 1, delay: unlessCut }));
}

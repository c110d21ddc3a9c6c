import { Observable } from 'rxjs';
import { chunked } from './chunked';
import { Failure, failureOf } from './failure';
import { LineSplitter } from './lines';

/**
 * POSTs `body` and emits the lines of the NDJSON answer, a batch for each chunk that arrives. Unsubscribing cancels the
 * call, all the way to the stores. Errors are {@link Failure}s.
 */
export function postLines<Line>(url: string, body: unknown): Observable<Line[]> {
  return new Observable((subscriber) => {
    const splitter = new LineSplitter();
    const refusal = new TextDecoder();
    let refused: { status: number; text: string } | undefined;

    return chunked({ url, method: 'POST', data: body, headers: { accept: 'application/x-ndjson' } }).subscribe({
      next: ({ ok, status, data }) => {
        if (!ok) {
          refused ??= { status, text: '' };
          refused.text += data ? refusal.decode(data, { stream: true }) : '';
        } else if (data) {
          try {
            const lines = splitter.push(data);
            if (lines.length > 0) {
              subscriber.next(lines.map((line) => JSON.parse(line) as Line));
            }
          } catch (error) {
            subscriber.error(new Failure('failed', String(error)));
          }
        }
      },
      error: (error: unknown) => subscriber.error(new Failure('unreachable', messageOf(error))),
      complete: () => {
        if (refused) {
          subscriber.error(failureOf(refused.status, refused.text));
        } else if (splitter.rest !== '') {
          subscriber.error(new Failure('cut', ''));
        } else {
          subscriber.complete();
        }
      },
    });
  });
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

import { catchError, map, type Observable, throwError } from 'rxjs';
import { getBackendSrv, isFetchError } from '@grafana/runtime';
import { Failure, failureOf } from './failure';

export type Params = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** GETs `url` and emits its JSON, once. Unsubscribing cancels the call. Errors are {@link Failure}s. */
export function getJson<T>(url: string, params: Params = {}): Observable<T> {
  return getBackendSrv()
    .fetch<T>({ url, params, showErrorAlert: false })
    .pipe(
      map(({ data }) => data),
      catchError((error: unknown) => throwError(() => readFailure(error)))
    );
}

function readFailure(error: unknown): Failure {
  return isFetchError(error)
    ? failureOf(error.status, JSON.stringify(error.data))
    : new Failure('unreachable', error instanceof Error ? error.message : String(error));
}

import { lastValueFrom } from 'rxjs';
import { type BackendSrvRequest, type FetchResponse, getBackendSrv, isFetchError } from '@grafana/runtime';
import { Failure, failureOf } from '../streams/failure';

/**
 * `fetch` by way of Grafana's backend service, which keeps the tab in its organisation and the session alive. A refusal
 * that is no problem of ours (Grafana's own, on the way there) is thrown as a {@link Failure}, as is no answer at all.
 */
export const backendFetch: typeof fetch = async (input, init = {}) => {
  const request: BackendSrvRequest = {
    url: String(input),
    method: init.method ?? 'GET',
    data: init.body ?? undefined,
    headers: Object.fromEntries(new Headers(init.headers)),
    ...(init.signal && { abortSignal: init.signal }),
    showErrorAlert: false,
    showSuccessAlert: false,
  };
  try {
    const answer: FetchResponse<unknown> = await lastValueFrom(getBackendSrv().fetch(request));
    return responseOf(answer.status, answer.data, answer.headers);
  } catch (error) {
    if (!isFetchError(error)) {
      throw error;
    }
    if (!error.status || error.status < 0) {
      throw new Failure('unreachable', error.statusText ?? '');
    }
    if (!isProblem(error.data)) {
      throw failureOf(error.status, textOf(error.data));
    }
    return responseOf(error.status, error.data);
  }
};

/** Grafana has parsed the body already, where it was JSON. */
function responseOf(status: number, data: unknown, headers?: Headers): Response {
  const text = textOf(data);
  return new Response(text === '' || status === 204 ? null : text, { status, headers });
}

const textOf = (data: unknown) => (typeof data === 'string' ? data : data === undefined ? '' : JSON.stringify(data));

function isProblem(data: unknown): boolean {
  return (
    typeof data === 'object' && data !== null && String((data as { type?: unknown }).type).startsWith('urn:obstack:')
  );
}

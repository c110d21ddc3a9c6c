import type { Observable } from 'rxjs';
import { type BackendSrvRequest, config, type FetchResponse, getBackendSrv } from '@grafana/runtime';

/**
 * An answer of a plugin's route, chunk by chunk as it arrives. Grafana's `chunked` leaves out two things that its `fetch`
 * does: the organisation of this tab (another tab may have switched since), and the path that Grafana is served below.
 * @param request its `url` with a leading slash
 */
export function chunked({ headers, url, ...request }: BackendSrvRequest): Observable<FetchResponse<Chunk | undefined>> {
  return getBackendSrv().chunked({
    ...request,
    url: config.appSubUrl + url,
    headers: { ...headers, 'X-Grafana-Org-Id': String(config.bootData.user.orgId) },
    showErrorAlert: false,
  }) as Observable<FetchResponse<Chunk | undefined>>;
}

export type Chunk = Uint8Array<ArrayBuffer>;

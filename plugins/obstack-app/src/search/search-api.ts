import type { Observable } from 'rxjs';
import type { SearchLine, SearchRequest } from '@obstack/contracts/search';
import { askLines } from '../streams/ask-lines';

/**
 * Asks the search service behind `api` (the proxy as reached through Grafana, without a slash at its end) and emits what it
 * says, as it says it.
 */
export const search = (api: string, request: SearchRequest): Observable<SearchLine[]> =>
  askLines(`${api}/api/v1/search`, request);

import { urlUtil } from '@grafana/data';
import { config } from '@grafana/runtime';
import { PLUGIN_BASE_URL, ROUTES } from '../constants';

/** What a link may say of the search page's state; see `SEARCH_URL` and `TRACE_URL`. */
export interface SearchLink {
  q?: string;
  /** As Grafana writes times: `now-1h`, or milliseconds since 1970. */
  from?: string | number;
  to?: string | number;
  signal?: 'logs' | 'traces' | 'metrics';
  trace?: string;
  span?: string;
}

/** The path of the search page in that state; Grafana itself may be under another, which is not part of it. */
export const searchPath = (link: SearchLink = {}): string => {
  const said = Object.entries(link).filter(([, value]) => value !== undefined && value !== '');
  return urlUtil.renderUrl(`${PLUGIN_BASE_URL}/${ROUTES.search}`, Object.fromEntries(said));
};

/** The same as an address for `href`. */
export const searchLink = (link: SearchLink = {}): string => `${config.appSubUrl}${searchPath(link)}`;

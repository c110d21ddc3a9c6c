import type { Route } from '../http/router.ts';
import { correlateRoute } from './correlate-route.ts';
import { createSearchContext } from './search-context.ts';
import type { SearchOptions } from './search-context.ts';
import { searchRoute } from './search-route.ts';

export type { SearchOptions } from './search-context.ts';

/** Unified search and correlation, over the same stores and through the same locks as the query routes. */
export function searchRoutes(
  context: Parameters<typeof createSearchContext>[0],
  options: SearchOptions,
): Route[] {
  const search = createSearchContext(context, options);
  return [searchRoute(search), correlateRoute(search)];
}

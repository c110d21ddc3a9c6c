/** Ways from a hit to Explore, on the built-in data sources of this org. */
import { dateTime, urlUtil } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import type { SearchHit, SearchSource } from '@obstack/contracts/search';

/** What shows around a hit: enough for what led to it and what followed. */
const AROUND_MS = 15 * 60_000;

const TYPE: Readonly<Record<SearchSource, string>> = {
  loki: 'loki',
  tempo: 'tempo',
  prometheus: 'prometheus',
  opensearch: 'grafana-opensearch-datasource',
};

/** Its native query around its time; undefined when this org has no such data source. */
export function exploreHit(hit: SearchHit): string | undefined {
  const queries: Readonly<Record<SearchSource, object>> = {
    loki: { expr: hit.nativeQuery },
    tempo: { queryType: 'traceql', query: hit.nativeQuery },
    prometheus: { expr: hit.nativeQuery, range: true },
    opensearch: { query: hit.nativeQuery },
  };
  return explore(TYPE[hit.source], queries[hit.source], hit.time);
}

export function exploreTrace({ time }: Pick<SearchHit, 'time'>, traceId: string): string | undefined {
  return explore(TYPE.tempo, { queryType: 'traceql', query: traceId }, time);
}

function explore(type: string, query: object, time: string): string | undefined {
  // Grafana adds its built-in ones to any list.
  const all = getDataSourceSrv()
    .getList({ type })
    .filter((found) => found.type === type);
  // The ones that were provisioned for this org are known by their uid; any other of the type will do.
  const found = all.find(({ uid }) => uid === `obstack-${type}`) ?? all[0];
  if (!found) {
    return undefined;
  }
  const datasource = { type, uid: found.uid };
  const at = dateTime(time).valueOf();
  const panes = {
    a: {
      datasource: found.uid,
      queries: [{ refId: 'A', datasource, ...query }],
      range: { from: String(at - AROUND_MS), to: String(at + AROUND_MS) },
    },
  };
  return urlUtil.renderUrl('/explore', { schemaVersion: 1, panes: JSON.stringify(panes) });
}

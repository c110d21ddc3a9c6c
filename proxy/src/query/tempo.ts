// What of Tempo's HTTP API tenants may use (https://grafana.com/docs/tempo/latest/api_docs/, parameters as Tempo 2.8
// reads them in pkg/api). Everything else of it is 404: the v1 tag endpoints take no filter, the metrics summary,
// overrides, status and flush are the operator's. `tags`, `minDuration` and `maxDuration` of the old search say
// nothing that TraceQL does not, and cannot carry the tenant: refused.
import type { Route } from '../http/router.ts';
import { enforcedRoutes } from './enforced-endpoint.ts';
import type { QueryContext } from './enforced-endpoint.ts';
import { filter, ignored, plain, query } from './endpoint.ts';
import type { QueryTable } from './endpoint.ts';
import { duration, integer, oneOf, time, traceId } from './param-checks.ts';
import { tagName, tagValues } from './tempo-tags.ts';
import { traceById } from './tempo-trace.ts';

const GET = ['GET'] as const;

const SECONDS = { start: plain(integer), end: plain(integer) };

const METRICS = {
  q: query('traceql'),
  query: query('traceql', 'q'),
  start: plain(time),
  end: plain(time),
  since: plain(duration),
  step: plain(duration),
  exemplars: plain(integer),
};

const TAGS = {
  q: filter('traceqlTagFilter'),
  ...SECONDS,
  limit: plain(integer),
  maxStaleValues: plain(integer),
};

const SCOPES = ['none', 'resource', 'span', 'event', 'link', 'instrumentation', 'intrinsic'] as const;

export const TEMPO: QueryTable = {
  store: 'tempo',
  signal: 'traces',
  errors: 'problem',
  prefix: '/tempo',
  endpoints: [
    {
      methods: GET,
      path: '/api/search',
      params: { q: filter('traceql'), ...SECONDS, limit: plain(integer), spss: plain(integer) },
    },
    { methods: GET, path: '/api/v2/search/tags', params: { ...TAGS, scope: plain(oneOf(...SCOPES)) } },
    {
      methods: GET,
      path: '/api/v2/search/tag/{tag}/values',
      segments: { tag: tagName },
      // Grafana repeats the tag as a parameter, which is how its own page asked Grafana for it.
      params: { ...TAGS, tag: ignored },
      reply: tagValues,
    },
    {
      methods: GET,
      path: '/api/traces/{traceId}',
      segments: { traceId },
      params: SECONDS,
      reply: traceById('v1'),
    },
    {
      methods: GET,
      path: '/api/v2/traces/{traceId}',
      segments: { traceId },
      params: SECONDS,
      reply: traceById('v2'),
    },
    { methods: GET, path: '/api/metrics/query_range', params: METRICS },
    { methods: GET, path: '/api/metrics/query', params: METRICS },
    { methods: GET, path: '/api/echo', params: {} },
    { methods: GET, path: '/api/status/buildinfo', params: {} },
  ],
};

export const tempoRoutes = (context: QueryContext): Route[] => enforcedRoutes(context, TEMPO);

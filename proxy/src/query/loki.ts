// What of Loki's HTTP API tenants may use (https://grafana.com/docs/loki/latest/reference/loki-http-api/, parameters
// as Loki 3.7 reads them in pkg/loghttp). Everything else of it is 404: push, delete, rules, ring, config, index
// shards and the legacy /api/prom (isolation class 21). Tailing is a WebSocket: loki-tail.ts.
import type { Route } from '../http/router.ts';
import { enforcedRoutes } from './enforced-endpoint.ts';
import type { QueryContext } from './enforced-endpoint.ts';
import { filter, plain, query, selectors } from './endpoint.ts';
import type { QueryTable } from './endpoint.ts';
import { anyCase, anyName, duration, integer, labelNames, lokiLabel, oneOf, time } from './param-checks.ts';

const GET = ['GET'] as const;
const GET_POST = ['GET', 'POST'] as const;

const RANGE = { start: plain(time), end: plain(time), since: plain(duration) };
const DIRECTION = plain(anyCase(oneOf('forward', 'backward')));

const VOLUME = {
  query: filter('logqlSelector'),
  ...RANGE,
  limit: plain(integer),
  targetLabels: plain(labelNames),
  aggregateBy: plain(oneOf('series', 'labels')),
};

const DETECTED_FIELDS = {
  query: query('logql'),
  ...RANGE,
  step: plain(duration),
  limit: plain(integer),
  line_limit: plain(integer),
  field_limit: plain(integer),
};

export const LOKI: QueryTable = {
  store: 'loki',
  signal: 'logs',
  errors: 'problem',
  prefix: '',
  // Grafana asks for labels in three groups; other clients must get them in one, so it cannot be always on.
  headers: (sent) =>
    sent['x-loki-response-encoding-flags'] === 'categorize-labels'
      ? ['x-loki-response-encoding-flags', 'categorize-labels']
      : undefined,
  endpoints: [
    {
      methods: GET_POST,
      path: '/loki/api/v1/query',
      params: { query: query('logql'), time: plain(time), limit: plain(integer), direction: DIRECTION },
    },
    {
      methods: GET_POST,
      path: '/loki/api/v1/query_range',
      params: {
        query: query('logql'),
        ...RANGE,
        step: plain(duration),
        interval: plain(duration),
        limit: plain(integer),
        direction: DIRECTION,
      },
    },
    {
      methods: GET_POST,
      path: '/loki/api/v1/labels',
      params: { query: filter('logqlSelector'), ...RANGE },
    },
    {
      methods: GET_POST,
      path: '/loki/api/v1/label/{name}/values',
      segments: { name: lokiLabel },
      params: { query: filter('logqlSelector'), ...RANGE },
    },
    {
      methods: GET_POST,
      path: '/loki/api/v1/series',
      // Loki takes the union of both names (isolation class 3), so both are enforced and sent as one.
      params: {
        'match[]': selectors('logqlSelector'),
        match: selectors('logqlSelector', 'match[]'),
        ...RANGE,
      },
    },
    {
      methods: GET_POST,
      path: '/loki/api/v1/index/stats',
      params: { query: filter('logqlSelector'), ...RANGE },
    },
    { methods: GET_POST, path: '/loki/api/v1/index/volume', params: VOLUME },
    {
      methods: GET_POST,
      path: '/loki/api/v1/index/volume_range',
      params: { ...VOLUME, step: plain(duration) },
    },
    {
      methods: GET_POST,
      path: '/loki/api/v1/patterns',
      params: { query: filter('logqlSelector'), ...RANGE, step: plain(duration) },
    },
    {
      methods: GET_POST,
      path: '/loki/api/v1/detected_labels',
      params: { query: filter('logqlSelector'), ...RANGE },
    },
    { methods: GET_POST, path: '/loki/api/v1/detected_fields', params: DETECTED_FIELDS },
    {
      methods: GET_POST,
      path: '/loki/api/v1/detected_field/{name}/values',
      segments: { name: anyName },
      params: DETECTED_FIELDS,
    },
    { methods: GET, path: '/loki/api/v1/status/buildinfo', params: {} },
    // The limits that Loki publishes for the storage tenant, which is the caller's own.
    { methods: GET, path: '/loki/api/v1/drilldown-limits', params: {} },
  ],
};

export const lokiRoutes = (context: QueryContext): Route[] => enforcedRoutes(context, LOKI);

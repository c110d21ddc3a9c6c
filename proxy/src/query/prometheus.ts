// What of the Prometheus HTTP API tenants may use (https://prometheus.io/docs/prometheus/latest/querying/api/,
// parameters as Prometheus 3.16 reads them). Everything else of it is 404: federate, remote read, targets, TSDB
// statistics, status, notifications and admin all answer for every tenant (isolation class 18).
import type { Route } from '../http/router.ts';
import { enforcedRoutes } from './enforced-endpoint.ts';
import type { QueryContext } from './enforced-endpoint.ts';
import { plain, query, selectors } from './endpoint.ts';
import type { QueryTable } from './endpoint.ts';
import { anyName, duration, integer, time, word } from './param-checks.ts';
import { fixedAnswer } from './reply.ts';

const GET = ['GET'] as const;
const GET_POST = ['GET', 'POST'] as const;

const EVALUATION = {
  timeout: plain(duration),
  limit: plain(integer),
  lookback_delta: plain(duration),
  stats: plain(word),
};

const DISCOVERY = {
  'match[]': selectors('promqlSelector'),
  start: plain(time),
  end: plain(time),
  limit: plain(integer),
};

/** Grafana's alerting pages name the same filters for Prometheus and for Mimir in one request. */
const RULES_FILTERS = Object.fromEntries(
  ['type', 'exclude_alerts', 'group_limit', 'group_next_token', 'file', 'rule_group', 'rule_name']
    .flatMap((name) => [name, `${name}[]`])
    .map((name) => [name, plain(anyName)]),
);

export const PROMETHEUS: QueryTable = {
  store: 'prometheus',
  signal: 'metrics',
  errors: 'prometheus',
  prefix: '/prometheus',
  endpoints: [
    {
      methods: GET_POST,
      path: '/api/v1/query',
      params: { query: query('promql'), time: plain(time), ...EVALUATION },
    },
    {
      methods: GET_POST,
      path: '/api/v1/query_range',
      params: {
        query: query('promql'),
        start: plain(time),
        end: plain(time),
        step: plain(duration),
        ...EVALUATION,
      },
    },
    {
      methods: GET_POST,
      path: '/api/v1/query_exemplars',
      params: { query: query('promql'), start: plain(time), end: plain(time) },
    },
    { methods: GET_POST, path: '/api/v1/series', params: DISCOVERY },
    { methods: GET_POST, path: '/api/v1/labels', params: DISCOVERY },
    {
      methods: GET,
      path: '/api/v1/label/{name}/values',
      segments: { name: anyName },
      params: DISCOVERY,
    },
    { methods: GET, path: '/api/v1/status/buildinfo', params: {} },
    // The three below are asked for by Grafana, and their true answers are about every tenant.
    // Reasons: docs/decisions/what-queries-may-ask.md.
    {
      methods: GET,
      path: '/api/v1/metadata',
      params: { limit: plain(integer), limit_per_metric: plain(integer), metric: plain(anyName) },
      reply: fixedAnswer({ status: 'success', data: {} }),
    },
    {
      methods: GET,
      path: '/api/v1/rules',
      params: RULES_FILTERS,
      reply: fixedAnswer({ status: 'success', data: { groups: [] } }),
    },
    {
      methods: GET,
      path: '/api/v1/alerts',
      params: {},
      reply: fixedAnswer({ status: 'success', data: { alerts: [] } }),
    },
  ],
};

export const prometheusRoutes = (context: QueryContext): Route[] => enforcedRoutes(context, PROMETHEUS);

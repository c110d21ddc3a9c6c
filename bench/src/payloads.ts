// What is sent and what comes back: the same bytes in every run and for every contender.
import { DISTINCT } from './measure/wrk.ts';

/** A quarter of an hour of dashboard, every 15 s. */
const RANGE = { start: '1790000000', end: '1790000900', step: '15' };

/**
 * The panels of an ordinary service dashboard. One matcher of each names a pod, so that a query can be made
 * distinct without becoming another kind of query; another one, by a label that can be named at will, makes it one.
 */
const panels = (pod: string, label = 'namespace'): string[] => {
  const of = `${label}="shop",pod=~"checkout-${pod}.*"`;
  return [
    `up{${of}}`,
    `sum by (route) (rate(http_server_requests_total{${of}}[5m]))`,
    `sum(rate(http_server_requests_total{${of},status=~"5.."}[5m])) / sum(rate(http_server_requests_total{${of}}[5m]))`,
    `histogram_quantile(0.99, sum by (le, route) (rate(http_server_request_duration_seconds_bucket{${of}}[5m])))`,
    `histogram_quantile(0.5, sum by (le) (rate(http_server_request_duration_seconds_bucket{${of},route!="/health"}[5m])))`,
    `topk(5, sum by (pod) (rate(container_cpu_usage_seconds_total{${of},container!=""}[5m])))`,
    `max by (pod) (container_memory_working_set_bytes{${of}}) / on (pod) max by (pod) (kube_pod_container_resource_limits{${of},resource="memory"})`,
    `increase(kube_pod_container_status_restarts_total{${of}}[1h]) > 0`,
    `avg_over_time(queue_depth{${of}}[10m]) unless on (pod) (queue_paused{${of}} == 1)`,
    `sum by (le) (increase(db_client_operation_duration_seconds_bucket{${of},db_operation="SELECT"}[1m]))`,
    `rate(nodejs_eventloop_delay_seconds_sum{${of}}[5m]) / rate(nodejs_eventloop_delay_seconds_count{${of}}[5m])`,
    `label_replace(sum by (version) (target_info{${of}}), "v", "$1", "version", "(.*)-.*")`,
  ];
};

/** Twelve queries that come again and again, as a dashboard asks them. */
export const hotQueries = panels('7d9c5b6f4');
/** The same twelve for one pod after another: no text is ever sent twice. */
export const coldQueries = panels(DISTINCT);
/** No two of these are alike outside of their strings either, so nothing that is remembered helps. */
export const newQueries = panels('7d9c5b6f4', `namespace_${DISTINCT}`);

/** A `query_range` request's form. */
export const rangeForm = (query: string): string => new URLSearchParams({ query, ...RANGE }).toString();

/** How many selectors a query of `panels` has, each of which must carry the tenant. */
export const selectorsIn = (query: string): number => query.split('{').length - 1;

/** A matrix as Prometheus answers it: 13 series of 61 points, 22 KB. */
export function rangeAnswer(): string {
  const series = Array.from({ length: 13 }, (_, s) => ({
    metric: { namespace: 'shop', pod: `checkout-7d9c5b6f4-${s}`, route: `/api/orders/${s}` },
    values: Array.from({ length: 61 }, (_, i) => [
      1_790_000_000 + i * 15,
      ((s + 1) * 1000 + i * 7.25).toFixed(5),
    ]),
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: series } });
}

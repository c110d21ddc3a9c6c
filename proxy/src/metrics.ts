// What the proxy says about itself, in Prometheus' words.
import { createMetrics } from '@obstack/service-kit/metrics';
import type { RequestMetrics } from './http/listener.ts';

export interface ProxyMetrics {
  readonly requests: RequestMetrics;
  readonly usageDropped: (count: number) => void;
  readonly limitedAlone: () => void;
  readonly contentType: string;
  render(): Promise<string>;
}

export function createProxyMetrics(): ProxyMetrics {
  const metrics = createMetrics();
  const duration = metrics.histogram({
    name: 'obstack_proxy_request_duration_seconds',
    help: 'Time from the head of a request to the end of its reply, by route and status.',
    labelNames: ['route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60],
  });
  const refused = metrics.counter({
    name: 'obstack_proxy_requests_refused_total',
    help: 'Requests that were not served, by route and reason.',
    labelNames: ['route', 'reason'],
  });
  const usageDropped = metrics.counter({
    name: 'obstack_proxy_usage_dropped_total',
    help: 'Uses and rejections of credentials that were not reported, because too many waited for control-plane.',
  });
  const limitedAlone = metrics.counter({
    name: 'obstack_proxy_pushes_limited_alone_total',
    help: 'Pushes that this copy counted against a limit by itself, because Redis was away.',
  });
  return {
    limitedAlone: () => limitedAlone.inc(),
    usageDropped: (count) => usageDropped.inc(count),
    requests: {
      observe: (route, status, seconds) => duration.observe({ route, status }, seconds),
      refused: (route, reason) => refused.inc({ route, reason }),
    },
    contentType: metrics.contentType,
    render: () => metrics.render(),
  };
}

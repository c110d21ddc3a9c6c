/**
 * The shop's Prometheus endpoint: OpenMetrics text with exemplars, as a service instrumented with a Prometheus
 * client offers it. A Prometheus agent scrapes it and sends it on by `remote_write`.
 */
import { trace } from '@opentelemetry/api';
import { Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';

export interface ScrapedMetrics {
  /** One request served, with an exemplar that points at the trace under way. */
  request(labels: { service: string; route: string; status: string }, seconds: number): void;
  order(outcome: 'placed' | 'failed'): void;
  stock(sku: string, units: number): void;
  contentType: string;
  /** The page the agent reads. */
  text(): Promise<string>;
}

export function createScrapedMetrics(): ScrapedMetrics {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  // Exemplar labels are not labels of the metric, but prom-client's type knows one set of names only.
  const requests = new Histogram<'service' | 'route' | 'status' | 'trace_id' | 'span_id'>({
    name: 'shop_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['service', 'route', 'status'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    enableExemplars: true,
    registers,
  });
  const orders = new Counter({
    name: 'shop_orders_total',
    help: 'Orders by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const stock = new Gauge({
    name: 'shop_stock_units',
    help: 'Units on the shelf',
    labelNames: ['sku'],
    registers,
  });

  return {
    request(labels, seconds) {
      const span = trace.getActiveSpan()?.spanContext();
      requests.observe({
        labels,
        value: seconds,
        ...(span && { exemplarLabels: { trace_id: span.traceId, span_id: span.spanId } }),
      });
    },
    order: (outcome) => orders.inc({ outcome }),
    stock: (sku, units) => stock.set({ sku }, units),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

/** Metrics of a process: its own under `obstack_`, plus Node's usual ones. */
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
} from 'prom-client';

type Named<C> = Omit<C, 'registers'> & { name: `obstack_${string}` };

export interface Metrics {
  contentType: string;
  /** All of it in the Prometheus text format. */
  render(): Promise<string>;
  counter<L extends string>(config: Named<CounterConfiguration<L>>): Counter<L>;
  gauge<L extends string>(config: Named<GaugeConfiguration<L>>): Gauge<L>;
  histogram<L extends string>(config: Named<HistogramConfiguration<L>>): Histogram<L>;
}

/**
 * A registry of its own per process (or per test): nothing is global. Names follow Prometheus naming:
 * `obstack_<part>_<what>_<unit>`, `_total` for counters.
 * @param options.process also collect Node's and the process's metrics; leave off in tests.
 */
export function createMetrics(options: { process?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.process ?? true) collectDefaultMetrics({ register: registry });
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    counter: (config) => new Counter({ ...config, registers }),
    gauge: (config) => new Gauge({ ...config, registers }),
    histogram: (config) => new Histogram({ ...config, registers }),
  };
}

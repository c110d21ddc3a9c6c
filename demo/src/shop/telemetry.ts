/**
 * The OpenTelemetry SDK as a service sets it up: OTLP/HTTP in protobuf, batched, one ingestion key.
 * The services of a shop share exporters and batches, each under a resource of its own.
 */
import type { Meter, Tracer } from '@opentelemetry/api';
import type { Logger } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ShopProfile } from './profile.ts';

const BATCH_MS = 2_000;
const METRICS_MS = 10_000;
const SCOPE = 'obstack.demo.shop';

export interface Telemetry {
  tracer: Tracer;
  logger: Logger;
  meter: Meter;
}

export interface ShopTelemetry {
  forService(name: string): Telemetry;
  /** Sends what is still in the batches. */
  shutdown(): Promise<void>;
}

export function createShopTelemetry(
  profile: ShopProfile,
  destination: { proxyUrl: string; ingestKey: string },
): ShopTelemetry {
  const exporterOf = (signal: string) => ({
    url: `${destination.proxyUrl}/v1/${signal}`,
    headers: { Authorization: `Bearer ${destination.ingestKey}` },
  });
  const spans = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter(exporterOf('traces')),
    scheduledDelayMillis: BATCH_MS,
  });
  const logs = new BatchLogRecordProcessor({
    exporter: new OTLPLogExporter(exporterOf('logs')),
    scheduledDelayMillis: BATCH_MS,
  });
  const meterProviders: MeterProvider[] = [];

  return {
    forService(name) {
      const resource = resourceFromAttributes({
        'service.name': name,
        'service.version': profile.version,
        'service.instance.id': `${name}-1`,
        'deployment.environment.name': 'production',
        'cloud.region': profile.region,
      });
      const meterProvider = new MeterProvider({
        resource,
        readers: [
          new PeriodicExportingMetricReader({
            exporter: new OTLPMetricExporter(exporterOf('metrics')),
            exportIntervalMillis: METRICS_MS,
          }),
        ],
      });
      meterProviders.push(meterProvider);
      return {
        tracer: new TracerProvider({ resource, spanProcessors: [spans] }).getTracer(SCOPE),
        logger: new LoggerProvider({ resource, processors: [logs] }).getLogger(SCOPE),
        meter: meterProvider.getMeter(SCOPE),
      };
    },
    async shutdown() {
      await Promise.allSettled([spans, logs, ...meterProviders].map((part) => part.shutdown()));
    },
  };
}

/** One event per OTLP signal, carrying a mark that nothing else carries, as the SDK's own encoders write it. */
import { SeverityNumber } from '@opentelemetry/api-logs';
import {
  type ISerializer,
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

export const SERVICE = 'obstack-verify';
export const MARK_ATTRIBUTE = 'verify_mark';
export const OTLP_METRIC = 'obstack_verify_events_total';

export type Format = 'protobuf' | 'json';

export interface Payload {
  body: Uint8Array;
  contentType: string;
}

const resource = resourceFromAttributes({ 'service.name': SERVICE });

export async function logEvent(mark: string, format: Format): Promise<Payload> {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    resource,
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  provider.getLogger(SERVICE).emit({
    body: `verify ${mark}`,
    severityNumber: SeverityNumber.INFO,
    severityText: 'INFO',
    attributes: { [MARK_ATTRIBUTE]: mark },
  });
  await provider.forceFlush();
  const records = exporter.getFinishedLogRecords();
  return encode(format, records, { protobuf: ProtobufLogsSerializer, json: JsonLogsSerializer });
}

export async function metricEvent(mark: string, format: Format): Promise<Payload> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter })],
  });
  provider
    .getMeter(SERVICE)
    .createCounter('obstack.verify.events')
    .add(1, { [MARK_ATTRIBUTE]: mark });
  await provider.forceFlush();
  const [metrics] = exporter.getMetrics();
  await provider.shutdown();
  if (!metrics) throw new Error('the SDK has collected no metric');
  return encode(format, metrics, { protobuf: ProtobufMetricsSerializer, json: JsonMetricsSerializer });
}

export async function traceEvent(mark: string, format: Format): Promise<Payload & { traceId: string }> {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const span = provider
    .getTracer(SERVICE)
    .startSpan(`verify ${mark}`, { attributes: { [MARK_ATTRIBUTE]: mark } });
  span.end();
  await provider.forceFlush();
  const payload = encode(format, exporter.getFinishedSpans(), {
    protobuf: ProtobufTraceSerializer,
    json: JsonTraceSerializer,
  });
  return { ...payload, traceId: span.spanContext().traceId };
}

function encode<T>(format: Format, data: T, serializers: Record<Format, ISerializer<T, unknown>>): Payload {
  const body = serializers[format].serializeRequest(data);
  if (!body) throw new Error(`the SDK could not write ${format}`);
  return { body, contentType: format === 'json' ? 'application/json' : 'application/x-protobuf' };
}

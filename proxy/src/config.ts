// Everything the proxy reads from its environment, once, at start.
import { baseUrl, internalToken, listenAddress, logLevel, readConfig } from '@obstack/service-kit/config';
import { z } from 'zod';

const positive = z.coerce.number().int().positive();

const schema = z.object({
  PROXY_LISTEN: listenAddress.prefault('127.0.0.1:8080'),
  PROXY_OTLP_LISTEN: listenAddress.prefault('127.0.0.1:4318'),
  PROXY_METRICS_LISTEN: listenAddress.prefault('127.0.0.1:9464'),
  CONTROL_PLANE_URL: baseUrl,
  INTERNAL_TOKEN: internalToken,
  LOKI_URL: baseUrl,
  PROMETHEUS_URL: baseUrl,
  TEMPO_URL: baseUrl,
  OTEL_COLLECTOR_URL: baseUrl,
  QUERY_TIMEOUT_MS: positive.default(60_000),
  PUSH_TIMEOUT_MS: positive.default(30_000),
  REQUEST_TIMEOUT_MS: positive.default(30_000),
  // Per tenant. A burst is also the most that one request may hold.
  LIMIT_SAMPLES_PER_SECOND: positive.default(10_000),
  LIMIT_SAMPLES_BURST: positive.default(200_000),
  LIMIT_LOG_BYTES_PER_SECOND: positive.default(4_000_000),
  LIMIT_LOG_BYTES_BURST: positive.default(6_000_000),
  LIMIT_TRACE_BYTES_PER_SECOND: positive.default(15_000_000),
  LIMIT_TRACE_BYTES_BURST: positive.default(20_000_000),
  LIMIT_LINE_BYTES: positive.default(256 * 1024),
  LIMIT_REQUEST_BYTES: positive.default(100 * 1024 * 1024),
  // Of the whole process.
  PUSH_IN_FLIGHT_BYTES: positive.default(512 * 1024 * 1024),
  LOG_LEVEL: logLevel,
});

export type ProxyConfig = z.infer<typeof schema>;

/** Throws an error that names the variable and what it should be. */
export const readProxyConfig = (env: NodeJS.ProcessEnv): ProxyConfig => readConfig(schema, env);

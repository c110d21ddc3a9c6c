// Everything the proxy reads from its environment, once, at start.
import {
  baseUrl,
  internalToken,
  listenAddress,
  logLevel,
  readConfig,
  redisUrl,
} from '@obstack/service-kit/config';
import { z } from 'zod';
import type { SearchOptions } from './search/routes.ts';

const positive = z.coerce.number().int().positive();

/** Names with commas between, the one that counts first. */
const names = (pattern: string): z.ZodType<string[], string> =>
  z
    .string()
    .regex(new RegExp(`^${pattern}(?:,${pattern}){0,7}$`), 'expected up to eight names with commas between')
    .transform((text) => text.split(','));
const labels = names('[A-Za-z_][A-Za-z0-9_]{0,127}');
const attributes = names('[A-Za-z_][A-Za-z0-9_.]{0,127}');

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
  // Searched for logs where it is set.
  OPENSEARCH_URL: baseUrl.optional(),
  REDIS_URL: redisUrl,
  QUERY_TIMEOUT_MS: positive.default(60_000),
  PUSH_TIMEOUT_MS: positive.default(30_000),
  REQUEST_TIMEOUT_MS: positive.default(30_000),
  // Of one push, uncompressed. What a tenant may push over time comes with its keys.
  LIMIT_REQUEST_BYTES: positive.default(100 * 1024 * 1024),
  // Of the whole process.
  PUSH_IN_FLIGHT_BYTES: positive.default(512 * 1024 * 1024),
  // For the part of one store in an answer of search: a slow one must not make people wait for the others.
  SEARCH_SOURCE_TIMEOUT_MS: positive.default(10_000),
  // What each store is asked by searches at a time: about two for each of its cores.
  SEARCH_QUERIES_PER_STORE: positive.default(8),
  // What names a service. Loki itself makes `service_name` of `app`, `job` and a dozen others (discover_service_name).
  SEARCH_LOKI_SERVICE_LABELS: labels.prefault('service_name'),
  SEARCH_TEMPO_SERVICE_ATTRIBUTES: attributes.prefault('service.name'),
  SEARCH_PROMETHEUS_SERVICE_LABELS: labels.prefault('service_name,app,job'),
  SEARCH_OPENSEARCH_SERVICE_FIELDS: attributes.prefault('service_name'),
  LOG_LEVEL: logLevel,
});

export type ProxyConfig = z.infer<typeof schema>;

/** Throws an error that names the variable and what it should be. */
export const readProxyConfig = (env: NodeJS.ProcessEnv): ProxyConfig => readConfig(schema, env);

export const searchOptions = (config: ProxyConfig): SearchOptions => ({
  sourceTimeoutMs: config.SEARCH_SOURCE_TIMEOUT_MS,
  atOnce: config.SEARCH_QUERIES_PER_STORE,
  serviceFields: {
    loki: config.SEARCH_LOKI_SERVICE_LABELS,
    tempo: config.SEARCH_TEMPO_SERVICE_ATTRIBUTES,
    prometheus: config.SEARCH_PROMETHEUS_SERVICE_LABELS,
    opensearch: config.SEARCH_OPENSEARCH_SERVICE_FIELDS,
  },
});

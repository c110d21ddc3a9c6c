/** The environment of our own processes: where everything is, and the secrets they share. Each reads what it knows. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Context } from './parts.ts';
import { postgresDatabase, postgresUser } from './postgres.ts';

/** Of searches, to each store at a time. With eight for each core people waited 1.7 times as long for a first hit as with two. */
export const searchQueriesPerStore = 2 * availableParallelism();

export function serviceEnvironment(context: Omit<Context, 'env'>): Record<string, string> {
  const at = (...port: Parameters<Context['port']>) => `127.0.0.1:${context.port(...port)}`;
  const password = context.secret('postgres-password');
  return {
    DATABASE_URL: `postgres://${postgresUser}:${password}@${at('postgres', 'sql')}/${postgresDatabase}`,
    INTERNAL_TOKEN: context.secret('internal-token'),
    ENCRYPTION_KEY: context.secret('encryption-key'),
    OPERATOR_FILE: join(context.dir, 'secrets', 'operator.json'),
    CONTROL_PLANE_LISTEN: at('control-plane'),
    CONTROL_PLANE_URL: `http://${at('control-plane')}`,
    PUBLIC_URL: `http://${at('control-plane')}`,
    REGISTRATION: process.env['REGISTRATION'] ?? 'closed',
    PROXY_LISTEN: at('proxy'),
    PROXY_OTLP_LISTEN: at('proxy', 'otlp'),
    PROXY_METRICS_LISTEN: at('proxy', 'metrics'),
    PROXY_URL: `http://${at('proxy')}`,
    SEARCH_QUERIES_PER_STORE: String(searchQueriesPerStore),
    LOKI_URL: `http://${at('loki')}`,
    PROMETHEUS_URL: `http://${at('prometheus')}`,
    TEMPO_URL: `http://${at('tempo')}`,
    TEMPO_OTLP_URL: `http://${at('tempo', 'otlp')}`,
    ALERTMANAGER_URL: `http://${at('alertmanager')}`,
    OTEL_COLLECTOR_URL: `http://${at('otel-collector')}`,
    OBSTACK_DIR: context.dir,
    DEMO_LISTEN: at('demo'),
    DEMO_SCRAPE_ADDRESS: at('demo'),
    WORKER_LISTEN: at('control-plane-worker'),
    EXPORT_DIR: join(context.dir, 'exports'),
    ...(context.has('grafana') && {
      GRAFANA_URL: `http://${at('grafana')}`,
      GRAFANA_PUBLIC_URL: `http://${at('grafana')}`,
      GRAFANA_ADMIN_PASSWORD_FILE: join(context.dir, 'secrets', 'grafana-admin-password'),
    }),
    ...(context.has('redis') && { REDIS_URL: `redis://${at('redis', 'redis')}` }),
    ...(context.has('opensearch') && { OPENSEARCH_URL: `http://${at('opensearch')}` }),
    ...(context.has('minio') && {
      S3_ENDPOINT: `http://${at('minio')}`,
      S3_BUCKET: 'obstack',
      S3_ACCESS_KEY: 'obstack',
      S3_SECRET_KEY: context.secret('s3-secret-key'),
    }),
    ...(context.has('keycloak') && {
      AUTH_METHOD: 'keycloak',
      KEYCLOAK_URL: `http://${at('keycloak')}`,
      KEYCLOAK_ADMIN_CLIENT_ID: 'obstack-control-plane',
      KEYCLOAK_ADMIN_CLIENT_SECRET: context.secret('keycloak-admin-client-secret'),
      KEYCLOAK_DATABASE_PASSWORD: context.secret('keycloak-database-password'),
    }),
  };
}

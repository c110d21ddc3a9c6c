/** Everything control-plane reads from its environment, once, at start. */
import { baseUrl, internalToken, listenAddress, logLevel, readConfig } from '@obstack/service-kit/config';
import { z } from 'zod';

const database = {
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'expected a postgres:// URL' })
    .describe('the PostgreSQL to use, as postgres://user:password@host:5432/obstack'),
  ENCRYPTION_KEY: z
    .string()
    .min(32)
    .describe(
      'a random text of at least 32 characters that stays the same for this database (openssl rand -hex 32)',
    ),
  LOG_LEVEL: logLevel,
};

export const AuthMethod = z.enum(['local', 'keycloak']);
export type AuthMethod = z.infer<typeof AuthMethod>;

const identity = {
  PUBLIC_URL: baseUrl
    .describe(
      'the URL of this API, as browsers reach it; the same for all copies, as it is the issuer of tokens',
    )
    .optional(),
  AUTH_METHOD: AuthMethod.default('local').describe('local or keycloak'),
  KEYCLOAK_URL: baseUrl.describe('the URL of Keycloak, as this service reaches it').optional(),
  KEYCLOAK_ADMIN_CLIENT_ID: z
    .string()
    .min(1)
    .describe("a service account of Keycloak's realm `master` that may make realms")
    .optional(),
  KEYCLOAK_ADMIN_CLIENT_SECRET: z.string().min(1).describe('the secret of that service account').optional(),
};

/** Where tenants have what is not in our database. All of it is optional: they go without what is not set. */
const elsewhere = {
  ...identity,
  PROXY_URL: baseUrl.describe('the URL of the proxy, as Grafana reaches it').optional(),
  CONTROL_PLANE_URL: baseUrl.describe('the URL of this API, as Grafana reaches it').optional(),
  GRAFANA_URL: baseUrl.describe('the URL of Grafana, in which every tenant gets an org').optional(),
  GRAFANA_PUBLIC_URL: baseUrl
    .describe('the URL of Grafana, as browsers reach it: its root_url; GRAFANA_URL unless it says otherwise')
    .optional(),
  GRAFANA_ADMIN_USER: z.string().min(1).default('admin'),
  GRAFANA_ADMIN_PASSWORD_FILE: z
    .string()
    .min(1)
    .describe("the file that holds the password of Grafana's administrator")
    .optional(),
  OPENSEARCH_URL: baseUrl.describe('the URL of OpenSearch, in which every tenant gets an index').optional(),
  S3_ENDPOINT: baseUrl.describe('the URL of the S3 service that holds what tenants store').optional(),
  S3_REGION: z.string().min(1).default('us-east-1'),
  S3_BUCKET: z.string().min(3).max(63).describe('the bucket, in which every tenant has a prefix').optional(),
  S3_ACCESS_KEY: z.string().min(1).describe('the access key of the S3 service').optional(),
  S3_SECRET_KEY: z.string().min(1).describe('the secret key of the S3 service').optional(),
  EXPORT_DIR: z
    .string()
    .min(1)
    .describe('the folder for the data of tenants that leave, where there is no S3')
    .optional(),
  EXPORT_KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3650)
    .default(30)
    .describe('for how many days the data of a tenant that has left is kept'),
};

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** How people sign in, and for how long. */
const people = {
  TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(',').map((item) => item.trim()))
    .pipe(z.array(network))
    .default([])
    .describe(
      'addresses or networks of reverse proxies, as 10.0.0.0/8,::1; whom they say they speak for is believed',
    ),
  REGISTRATION: z
    .enum(['open', 'closed'])
    .default('closed')
    .describe('open, for anyone to make a tenant of their own, or closed'),
  SESSION_IDLE_SECONDS: z.coerce
    .number()
    .int()
    .min(60)
    .max(30 * 86_400)
    .default(3600)
    .describe('after how many seconds without use a session ends'),
  SESSION_MAX_SECONDS: z.coerce
    .number()
    .int()
    .min(60)
    .max(365 * 86_400)
    .default(86_400)
    .describe('after how many seconds a session ends in any case'),
};

/** What is of no use without the others. */
const TOGETHER = [
  ['GRAFANA_URL', 'GRAFANA_ADMIN_PASSWORD_FILE', 'PROXY_URL', 'CONTROL_PLANE_URL'],
  ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'],
] as const;

function requireTogether(config: Partial<Record<string, unknown>>, context: z.RefinementCtx): void {
  for (const [first, ...others] of TOGETHER) {
    if (config[first] === undefined) continue;
    for (const name of others) {
      if (config[name] !== undefined) continue;
      context.addIssue({ code: 'custom', path: [name], message: `${first} needs it` });
    }
  }
  if (config['AUTH_METHOD'] !== 'keycloak') return;
  for (const name of [
    'PUBLIC_URL',
    'KEYCLOAK_URL',
    'KEYCLOAK_ADMIN_CLIENT_ID',
    'KEYCLOAK_ADMIN_CLIENT_SECRET',
  ]) {
    if (config[name] !== undefined) continue;
    context.addIssue({ code: 'custom', path: [name], message: 'AUTH_METHOD=keycloak needs it' });
  }
}

const controlPlane = z
  .object({
    CONTROL_PLANE_LISTEN: listenAddress.prefault('127.0.0.1:8081').describe('host:port to listen on'),
    INTERNAL_TOKEN: internalToken,
    OPERATOR_FILE: z
      .string()
      .min(1)
      .describe('a path; the first start writes the operator credential there, readable by its owner only'),
    ...people,
    ...database,
    ...elsewhere,
  })
  .superRefine(requireTogether);

const seconds = z.coerce.number().min(0.05).max(3600);

const worker = z
  .object({
    WORKER_LISTEN: listenAddress.prefault('127.0.0.1:9466').describe('host:port of its metrics and probes'),
    WORKER_SLOTS: z.coerce.number().int().min(1).max(64).default(4).describe('how many steps run at once'),
    WORKER_LEASE_SECONDS: seconds
      .default(30)
      .describe('after how many seconds without a word a worker is taken for dead'),
    WORKER_RETRY_SECONDS: seconds
      .default(1)
      .describe('the longest pause, in seconds, before a second attempt'),
    ...database,
    ...elsewhere,
  })
  .superRefine(requireTogether);

export type ControlPlaneConfig = z.output<typeof controlPlane>;
export type WorkerConfig = z.output<typeof worker>;
/** What both know of the outside. */
export type ElsewhereConfig = Pick<WorkerConfig, keyof typeof elsewhere | keyof typeof database>;

/** Where people find Grafana, and what it calls itself. */
export const grafanaPublicUrl = (config: ElsewhereConfig): string | undefined =>
  config.GRAFANA_PUBLIC_URL ?? config.GRAFANA_URL;

/** @throws ConfigError naming each variable that is wrong and what it should be */
export function readControlPlaneConfig(env: NodeJS.ProcessEnv): ControlPlaneConfig {
  return readConfig(controlPlane, env);
}

/** @throws ConfigError naming each variable that is wrong and what it should be */
export function readWorkerConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  return readConfig(worker, env);
}

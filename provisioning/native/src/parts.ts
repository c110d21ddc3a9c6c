/**
 * The parts of the stack: what each runs, where it listens, what it needs first, and how one knows that it is ready.
 *
 * To add a part, add its name to `PartName` and an object to `parts`. Its configuration belongs in `provisioning/<part>/`,
 * where docker compose takes it from too. `after` says what must be ready before it starts, if that is part of the stack
 * at all. A part with `task: true` is a command that runs to its end once (exit code 0) and counts as ready from then on:
 * that is how things are seeded. The parts of `group: 'demo'` are left out by `--no-demo`; those that are `optional` take
 * so much of a machine that they only start when asked for.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chooseGrafana, type GrafanaWishes } from './choose-grafana.ts';
import { grafanaCommand } from './grafana-command.ts';
import type { Command } from './managed-process.ts';
import { provisioningDir, repositoryDir } from './paths.ts';
import { findOnPath } from './processes.ts';
import type { BuildProgress } from './builds.ts';
import { ensurePlugin } from './plugin.ts';
import { isRedisReady, missingRedis, redisProgram } from './redis.ts';
import { type Cluster, ensureCluster, isPostgresReady } from './postgres.ts';

export type PartName =
  | 'postgres'
  | 'loki'
  | 'prometheus'
  | 'tempo'
  | 'alertmanager'
  | 'otel-collector'
  | 'control-plane'
  | 'proxy'
  | 'grafana'
  | 'seed'
  | 'demo'
  | 'demo-prometheus'
  | 'control-plane-worker'
  | 'demo-ready'
  | 'minio'
  | 'redis'
  | 'opensearch'
  | 'keycloak-database'
  | 'keycloak';

/** What a part may ask of the stack it runs in. */
export interface Context {
  wishes: Wishes;
  /** The stack's folder, `.obstack` of the clone by default. */
  dir: string;
  /** Addresses and secrets for processes of ours (see environment.ts); a part takes from it what it needs. */
  env: Record<string, string>;
  port(part: PartName, name?: string): number;
  /** The part's own folder for what must survive a restart, `<dir>/data/<part>`. */
  dataDir(part: PartName): string;
  /** The path of a built binary, or of the folder of what came from Maven. */
  binary(name: string): string;
  /** Whether a part belongs to this stack. */
  has(part: PartName): boolean;
  /** Secret `name`, made at its first use and kept in the stack's folder. */
  secret(name: string): string;
}

/** What the command line says beyond the parts themselves. */
export type Wishes = GrafanaWishes;

export interface Part {
  name: PartName;
  /** Named ports and their defaults. `http` (for PostgreSQL `sql`) is the address others know the part by. */
  ports: Record<string, number>;
  after: PartName[];
  group?: 'demo';
  /** Left out unless this name is asked for (`--with <name>`). */
  optional?: string;
  /** Folders below `native/builds` whose results it runs. */
  binaries?: string[] | ((wishes: Wishes) => string[]);
  /** Makes what else it runs with, out of this clone. */
  prepare?: (report: (progress: BuildProgress) => void, signal: AbortSignal | undefined) => Promise<void>;
  task?: boolean;
  /** Why it cannot run on this machine, with the remedy: then it is left out and the reason is said. */
  missing?: (wishes: Wishes) => string | undefined;
  command: (context: Context) => Command | Promise<Command>;
  /** An address which answers 200 once it is ready, or a question to ask. */
  ready?: (context: Context, pid: number) => string | Promise<boolean>;
  stopSignal?: NodeJS.Signals;
  startDeadlineMs?: number;
  /** How long it may take over its end before it is killed: 15 s if nothing is said. */
  stopGraceMs?: number;
}

const config = (file: string) => join(provisioningDir, file);
const local = (port: number) => `127.0.0.1:${port}`;

/** Programs of others get no more of our environment than they need to run: none of its secrets. */
function plainEnv(extra: Record<string, string> = {}): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TZ'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...extra };
}

/** A program of ours: TypeScript run by this very Node, its configuration from the stack's environment. */
export function ownProgram(entry: string, context: Context, nodeFlags: readonly string[] = []): Command {
  const args = [...nodeFlags, join(repositoryDir, entry)];
  return { file: process.execPath, args, env: plainEnv(context.env), cwd: repositoryDir };
}

/**
 * How Node runs the proxy; docker-compose.yml says the same (a test compares). One copy of the proxy runs on one core,
 * where V8's helper threads for collecting only take turns with the work; pushes make it collect often, as their bodies
 * lie outside of its heap. Figures: docs/performance.md.
 */
export const proxyNodeFlags = ['--single-threaded-gc'];

const clusters = new WeakMap<Context, Promise<Cluster>>();

function clusterOf(context: Context): Promise<Cluster> {
  const cluster =
    clusters.get(context) ?? ensureCluster(join(context.dir, 'data'), context.secret('postgres-password'));
  clusters.set(context, cluster);
  return cluster;
}

/** What the stores need to be told on their command line; docker-compose.yml says the same (a test compares). */
export const prometheusFlags = [
  '--web.enable-otlp-receiver',
  '--web.enable-remote-write-receiver',
  '--enable-feature=exemplar-storage',
  '--storage.tsdb.retention.time=15d',
];
/** By itself it takes up to 70 % of a machine's memory. docker-compose.yml says the same. */
export const keycloakHeap = '-Xms64m -Xmx512m';
/** No console, and no questions to the outside. docker-compose.yml says the same. */
export const minioSettings = { MINIO_BROWSER: 'off', MINIO_UPDATE: 'off' };
export const opensearchHeap = '-Xms256m -Xmx512m';
export const alertmanagerFlags = ['--cluster.listen-address=', '--data.retention=360h'];

export const parts: Part[] = [
  {
    name: 'postgres',
    ports: { sql: 5432 },
    after: [],
    command: async (context) => {
      const { program, dataDir, user } = await clusterOf(context);
      const settings = {
        listen_addresses: '127.0.0.1',
        port: String(context.port('postgres', 'sql')),
        unix_socket_directories: '',
        max_connections: '200',
      };
      return {
        file: program,
        args: [
          '-D',
          dataDir,
          ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
        ],
        env: plainEnv(),
        cwd: '/',
        ...(user && { user }),
      };
    },
    ready: async (context, pid) => isPostgresReady(await clusterOf(context), pid),
    stopSignal: 'SIGINT', // "fast": do not wait for clients to leave
  },
  {
    name: 'prometheus',
    ports: { http: 9090 },
    after: [],
    binaries: ['prometheus'],
    command: (context) => ({
      file: context.binary('prometheus'),
      args: [
        `--config.file=${config('prometheus/prometheus.yaml')}`,
        `--storage.tsdb.path=${context.dataDir('prometheus')}`,
        `--web.listen-address=${local(context.port('prometheus'))}`,
        ...prometheusFlags,
      ],
      env: plainEnv(),
    }),
    ready: (context) => `http://${local(context.port('prometheus'))}/-/ready`,
  },
  {
    name: 'loki',
    ports: { http: 3100, grpc: 9095 },
    after: [],
    binaries: ['loki'],
    command: (context) => ({
      file: context.binary('loki'),
      args: [`-config.file=${config('loki/loki.yaml')}`, '-config.expand-env=true'],
      env: plainEnv({
        LOKI_HTTP_PORT: String(context.port('loki')),
        LOKI_GRPC_PORT: String(context.port('loki', 'grpc')),
        LOKI_DATA: context.dataDir('loki'),
      }),
    }),
    ready: (context) => `http://${local(context.port('loki'))}/ready`,
  },
  {
    name: 'tempo',
    ports: { http: 3200, grpc: 9096, otlp: 14319 },
    after: [],
    binaries: ['tempo'],
    command: (context) => ({
      file: context.binary('tempo'),
      args: [`-config.file=${config('tempo/tempo.yaml')}`, '-config.expand-env=true'],
      env: plainEnv({
        TEMPO_HTTP_PORT: String(context.port('tempo')),
        TEMPO_GRPC_PORT: String(context.port('tempo', 'grpc')),
        TEMPO_OTLP_PORT: String(context.port('tempo', 'otlp')),
        TEMPO_DATA: context.dataDir('tempo'),
      }),
    }),
    ready: (context) => `http://${local(context.port('tempo'))}/ready`,
    // Its data is on disk within 6 s; after queries it waits up to 30 s more, for queues which it clears that seldom.
    stopGraceMs: 8_000,
  },
  {
    name: 'alertmanager',
    ports: { http: 9093 },
    after: [],
    binaries: ['alertmanager'],
    command: (context) => ({
      file: context.binary('alertmanager'),
      args: [
        `--config.file=${config('alertmanager/alertmanager.yaml')}`,
        `--storage.path=${context.dataDir('alertmanager')}`,
        `--web.listen-address=${local(context.port('alertmanager'))}`,
        ...alertmanagerFlags,
      ],
      env: plainEnv(),
    }),
    ready: (context) => `http://${local(context.port('alertmanager'))}/-/ready`,
  },
  {
    name: 'otel-collector',
    ports: { http: 14318, health: 13133 },
    after: [],
    binaries: ['otel-collector'],
    command: (context) => ({
      file: context.binary('otel-collector'),
      args: [`--config=${config('otel-collector/otel-collector.yaml')}`],
      env: plainEnv({
        OTEL_HTTP_PORT: String(context.port('otel-collector')),
        OTEL_HEALTH_PORT: String(context.port('otel-collector', 'health')),
        ...pick(context.env, ['LOKI_URL', 'TEMPO_OTLP_URL', 'PROMETHEUS_URL']),
      }),
    }),
    ready: (context) => `http://${local(context.port('otel-collector', 'health'))}/`,
  },
  {
    name: 'control-plane',
    ports: { http: 8081 },
    after: ['postgres'],
    command: (context) => ownProgram('control-plane/src/main.ts', context),
    ready: (context) => `http://${local(context.port('control-plane'))}/readyz`,
  },
  {
    name: 'proxy',
    ports: { http: 8080, otlp: 4318, metrics: 9464 },
    after: ['control-plane', 'otel-collector', 'loki', 'tempo', 'prometheus'],
    command: (context) => ownProgram('proxy/src/main.ts', context, proxyNodeFlags),
    ready: (context) => `http://${local(context.port('proxy', 'metrics'))}/readyz`,
  },
  {
    name: 'grafana',
    ports: { http: 3000 },
    after: [],
    binaries: (wishes) => (chooseGrafana(wishes).kind === 'archive' ? ['grafana'] : []),
    prepare: ensurePlugin,
    missing: (wishes) => {
      const choice = chooseGrafana(wishes);
      return choice.kind === 'none' ? choice.why : undefined;
    },
    command: (context) => {
      const choice = chooseGrafana(context.wishes);
      if (choice.kind === 'none') throw new Error(choice.why);
      const secrets = { secretKey: 'grafana-secret-key', adminPassword: 'grafana-admin-password' };
      for (const name of Object.values(secrets)) context.secret(name);
      return grafanaCommand(choice, {
        dir: context.dir,
        dataDir: context.dataDir('grafana'),
        configFile: config('grafana/grafana.ini'),
        address: { host: '127.0.0.1', port: context.port('grafana') },
        secrets,
        archive: () => context.binary('grafana'),
        plainEnv,
      });
    },
    ready: (context) => `http://${local(context.port('grafana'))}/api/health`,
    startDeadlineMs: 180_000, // the first start makes its database, which takes a slow disk a while
  },
  {
    name: 'seed',
    ports: {},
    after: ['control-plane', 'proxy'],
    group: 'demo',
    task: true,
    command: (context) => ownProgram('demo/src/seed.ts', context),
  },
  {
    name: 'demo',
    ports: { http: 9465 },
    after: ['seed', 'proxy'],
    group: 'demo',
    command: (context) => ownProgram('demo/src/main.ts', context),
    ready: (context) => `http://${local(context.port('demo'))}/healthz`,
  },
  {
    name: 'demo-prometheus',
    ports: { http: 9091 },
    after: ['seed', 'proxy'],
    group: 'demo',
    binaries: ['prometheus'],
    command: (context) => ({
      file: context.binary('prometheus'),
      args: [
        '--agent',
        `--config.file=${join(context.dir, 'demo/prometheus-agent.yaml')}`,
        `--storage.agent.path=${context.dataDir('demo-prometheus')}`,
        `--web.listen-address=${local(context.port('demo-prometheus'))}`,
        '--enable-feature=exemplar-storage',
      ],
      env: plainEnv(),
    }),
    ready: (context) => `http://${local(context.port('demo-prometheus'))}/-/ready`,
  },
  {
    name: 'control-plane-worker',
    ports: { http: 9466 },
    // It tries again what is not there yet; this only saves it the waiting.
    after: ['control-plane', 'grafana', 'keycloak', 'minio', 'opensearch'],
    command: (context) => ownProgram('control-plane/src/worker.ts', context),
    ready: (context) => `http://${local(context.port('control-plane-worker'))}/readyz`,
  },
  {
    name: 'demo-ready',
    ports: {},
    after: ['seed', 'control-plane-worker'],
    group: 'demo',
    task: true,
    command: (context) => ownProgram('demo/src/await-ready.ts', context),
    startDeadlineMs: 240_000,
  },
  {
    name: 'minio',
    ports: { http: 9000 },
    after: [],
    optional: 'minio',
    binaries: ['minio'],
    command: (context) => ({
      file: context.binary('minio'),
      args: ['server', '--address', local(context.port('minio')), context.dataDir('minio')],
      env: plainEnv({
        MINIO_ROOT_USER: context.env['S3_ACCESS_KEY'] ?? '',
        MINIO_ROOT_PASSWORD: context.secret('s3-secret-key'),
        ...minioSettings,
      }),
    }),
    ready: (context) => `http://${local(context.port('minio'))}/minio/health/ready`,
  },
  {
    name: 'redis',
    ports: { redis: 6379 },
    after: [],
    optional: 'redis',
    binaries: ['redis'],
    missing: missingRedis,
    command: (context) => ({
      file: join(context.binary('redis'), redisProgram() ?? ''),
      args: [
        config('redis/redis.conf'),
        ...['--bind', '127.0.0.1'],
        ...['--port', String(context.port('redis', 'redis'))],
        ...['--dir', context.dataDir('redis')],
      ],
      env: plainEnv(),
    }),
    ready: (context) => isRedisReady(context.port('redis', 'redis')),
  },
  {
    name: 'opensearch',
    ports: { http: 9200, transport: 9300 },
    after: [],
    optional: 'opensearch',
    binaries: ['opensearch'],
    missing: () =>
      findOnPath('javac')
        ? undefined
        : 'it is started by a Java source file, and there is no JDK. Install Java 17 or newer with its compiler',
    command: (context) => ({
      file: 'java',
      args: [
        ...opensearchHeap.split(' '),
        '-cp',
        join(context.binary('opensearch'), '*'),
        config('opensearch/Start.java'),
        config('opensearch/opensearch.yml'),
        context.dataDir('opensearch'),
        String(context.port('opensearch')),
      ],
      env: plainEnv({
        ...pick(process.env, ['JAVA_HOME']),
        OPENSEARCH_TRANSPORT_PORT: String(context.port('opensearch', 'transport')),
      }),
      cwd: context.dataDir('opensearch'),
    }),
    ready: (context) => `http://${local(context.port('opensearch'))}/_cluster/health?wait_for_status=yellow`,
    startDeadlineMs: 180_000,
  },
  {
    name: 'keycloak-database',
    ports: {},
    after: ['postgres'],
    optional: 'keycloak',
    task: true,
    command: (context) => ownProgram('control-plane/src/db/create-keycloak-database.ts', context),
  },
  {
    name: 'keycloak',
    ports: { http: 8082, management: 9002 },
    after: ['keycloak-database'],
    optional: 'keycloak',
    binaries: ['keycloak'],
    command: (context) => {
      const folder = context.binary('keycloak');
      const release = readdirSync(folder).find((name) => name.startsWith('keycloak-')) ?? '';
      const { KEYCLOAK_ADMIN_CLIENT_ID = '', KEYCLOAK_ADMIN_CLIENT_SECRET = '' } = context.env;
      return {
        file: join(folder, release, 'bin/kc.sh'),
        args: [`--config-file=${config('keycloak/keycloak.conf')}`, 'start', '--optimized'],
        env: plainEnv({
          ...pick(process.env, ['JAVA_HOME']),
          JAVA_OPTS_KC_HEAP: keycloakHeap,
          KC_HOSTNAME: `http://${local(context.port('keycloak'))}`,
          KC_HTTP_HOST: '127.0.0.1',
          KC_HTTP_PORT: String(context.port('keycloak')),
          KC_HTTP_MANAGEMENT_PORT: String(context.port('keycloak', 'management')),
          KC_DB_URL: `jdbc:postgresql://${local(context.port('postgres', 'sql'))}/keycloak`,
          KC_DB_USERNAME: 'keycloak',
          KC_DB_PASSWORD: context.secret('keycloak-database-password'),
          // Taken at the very first start, when Keycloak fills its database.
          KC_BOOTSTRAP_ADMIN_CLIENT_ID: KEYCLOAK_ADMIN_CLIENT_ID,
          KC_BOOTSTRAP_ADMIN_CLIENT_SECRET: KEYCLOAK_ADMIN_CLIENT_SECRET,
        }),
        cwd: folder,
      };
    },
    ready: (context) => `http://${local(context.port('keycloak', 'management'))}/health/ready`,
    startDeadlineMs: 480_000, // about 20 s on a quiet machine, minutes on a crowded one
  },
];

function pick(env: NodeJS.ProcessEnv, names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

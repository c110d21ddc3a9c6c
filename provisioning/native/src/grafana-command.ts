/** How Grafana is run: as a program of this machine, or in a container that shares the machine's network. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type GrafanaChoice, grafanaIn } from './choose-grafana.ts';
import type { Command } from './managed-process.ts';
import { linkPlugin, pluginDist } from './plugin.ts';

/** docker-compose.yml says the same. */
export const grafanaImage = 'grafana/grafana:12.3.0';
const IMAGE_HOME = '/usr/share/grafana';

export interface GrafanaPlace {
  /** The stack's folder. */
  dir: string;
  dataDir: string;
  configFile: string;
  address: { host: string; port: number };
  /** Names of files below `<dir>/secrets`. */
  secrets: { secretKey: string; adminPassword: string };
  /** The folder of the fetched archive. */
  archive: () => string;
  plainEnv: (extra: Record<string, string>) => Record<string, string>;
}

export function grafanaCommand(
  choice: Exclude<GrafanaChoice, { kind: 'none' }>,
  place: GrafanaPlace,
): Command {
  linkPlugin(join(place.dataDir, 'plugins'));
  const settings = settingsOf(place);
  const args = (home: string) => ['server', `--homepath=${home}`, `--config=${place.configFile}`];
  if (choice.kind === 'docker') return inContainer(place, settings, args(IMAGE_HOME));
  const home = choice.kind === 'home' ? choice.dir : place.archive();
  const file = choice.kind === 'home' ? choice.program : grafanaIn(home);
  return { file, args: args(home), env: place.plainEnv(settings), cwd: home };
}

function settingsOf({ dir, dataDir, address, secrets }: GrafanaPlace): Record<string, string> {
  const fromFile = (name: string) => `$__file{${join(dir, 'secrets', name)}}`;
  return {
    GF_SERVER_HTTP_ADDR: address.host,
    GF_SERVER_HTTP_PORT: String(address.port),
    GF_SERVER_ROOT_URL: `http://${address.host}:${address.port}/`,
    GF_PATHS_DATA: dataDir,
    GF_PATHS_LOGS: join(dataDir, 'log'),
    GF_PATHS_PLUGINS: join(dataDir, 'plugins'),
    GF_SECURITY_SECRET_KEY: fromFile(secrets.secretKey),
    // Taken at the very first start, when Grafana makes its database.
    GF_SECURITY_ADMIN_PASSWORD: fromFile(secrets.adminPassword),
  };
}

/** Every path is the same within as it is without. */
function inContainer(place: GrafanaPlace, settings: Record<string, string>, args: string[]): Command {
  const { dir, dataDir, configFile, plainEnv } = place;
  const name = `obstack-grafana-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`;
  removeContainer(name);
  const mount = (path: string, mode: 'ro' | 'rw') => ['--volume', `${path}:${path}:${mode}`];
  return {
    file: 'docker',
    args: [
      ...['run', '--rm', '--init', '--name', name, '--network', 'host'],
      ...['--user', `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`],
      ...mount(dataDir, 'rw'),
      ...mount(join(dir, 'secrets', place.secrets.secretKey), 'ro'),
      ...mount(join(dir, 'secrets', place.secrets.adminPassword), 'ro'),
      ...mount(configFile, 'ro'),
      ...mount(pluginDist, 'ro'),
      ...Object.entries(settings).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      ...['--entrypoint', `${IMAGE_HOME}/bin/grafana`],
      grafanaImage,
      ...args,
    ],
    env: plainEnv({}),
  };
}

/** One that outlived its client. */
function removeContainer(name: string): void {
  try {
    execFileSync('docker', ['rm', '--force', name], { stdio: 'ignore', timeout: 30_000 });
  } catch {
    // There was none.
  }
}

/**
 * Which Grafana a start uses. No package registry carries one, so it takes what the machine has, in the order of how much
 * somebody meant it: the one that was named, the one on PATH, the one that was fetched before, one in a container. It
 * downloads one only when it is told to.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isBuilt } from './builds.ts';
import { findOnPath } from './processes.ts';

export interface GrafanaWishes {
  /** `--with-grafana`. */
  fetchGrafana: boolean;
}

export type GrafanaChoice =
  /** `dir` holds conf/ and public/. */
  | { kind: 'home'; dir: string; program: string }
  /** The build `grafana`. */
  | { kind: 'archive' }
  | { kind: 'docker' }
  | { kind: 'none'; why: string };

/** What decides, as far as it lies outside of the command line. */
export interface Machine {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  findOnPath: (program: string) => string | undefined;
  /** Whether somebody unpacked a Grafana there. */
  isHome: (dir: string) => boolean;
  isFile: (path: string) => boolean;
  /** Of a program: itself, or what it links to. */
  realPath: (path: string) => string;
  isFetched: () => boolean;
  hasDockerEngine: () => boolean;
}

/** Where Linux packages put it. */
const PACKAGE_HOME = '/usr/share/grafana';

export function chooseGrafana(
  { fetchGrafana }: GrafanaWishes,
  machine: Machine = thisMachine,
): GrafanaChoice {
  const named = machine.env['GRAFANA_HOME'];
  if (named) {
    const program = programOf(named, machine);
    if (program !== undefined) return { kind: 'home', dir: named, program };
    // Not another one in its place: somebody meant this one.
    return {
      kind: 'none',
      why: 'GRAFANA_HOME holds no Grafana (bin/grafana, conf/ and public/ are looked for)',
    };
  }
  const program = machine.findOnPath('grafana');
  const dir = program && [join(dirname(machine.realPath(program)), '..'), PACKAGE_HOME].find(machine.isHome);
  if (program && dir) return { kind: 'home', dir, program };
  if (machine.isFetched()) return { kind: 'archive' };
  // Elsewhere a container cannot reach what listens on the machine's loopback, as all of ours does.
  if (machine.platform === 'linux' && machine.hasDockerEngine()) return { kind: 'docker' };
  if (fetchGrafana) return { kind: 'archive' };
  return {
    kind: 'none',
    why: program
      ? `the \`grafana\` on PATH has no home: neither the folder above its own nor ${PACKAGE_HOME} holds conf/ and public/. Set GRAFANA_HOME`
      : 'there is no Grafana on this machine. `npm start -- --with-grafana` downloads one; or unpack a release (12.3 or later) and set GRAFANA_HOME to its folder',
  };
}

export const grafanaIn = (home: string, platform = process.platform): string =>
  join(home, 'bin', platform === 'win32' ? 'grafana.exe' : 'grafana');

function programOf(dir: string, { platform, isHome, isFile }: Machine): string | undefined {
  const program = grafanaIn(dir, platform);
  return isHome(dir) && isFile(program) ? program : undefined;
}

let isEngineThere: boolean | undefined;

const thisMachine: Machine = {
  env: process.env,
  platform: process.platform,
  findOnPath,
  isHome: (dir) => existsSync(join(dir, 'conf/defaults.ini')) && existsSync(join(dir, 'public')),
  isFile: existsSync,
  realPath: realpathSync,
  isFetched: () => isBuilt('grafana'),
  hasDockerEngine: () => (isEngineThere ??= askDocker()),
};

function askDocker(): boolean {
  if (!findOnPath('docker')) return false;
  try {
    execFileSync('docker', ['version', '--format', '{{.Server.Version}}'], {
      stdio: 'ignore',
      timeout: 5_000,
    });
    return true;
  } catch {
    return false;
  }
}

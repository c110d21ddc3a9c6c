/** Where a Grafana is on this machine. No package registry carries one, so the stack uses what it finds. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOnPath } from './processes.ts';

const isHome = (dir: string) => existsSync(join(dir, 'conf/defaults.ini')) && existsSync(join(dir, 'public'));

export interface GrafanaHome {
  /** The folder with conf/ and public/. */
  dir: string;
  program: string;
}

/** `GRAFANA_HOME`, or the home of the `grafana` on PATH: the folder above its own, or where packages put it. */
export function findGrafana(): GrafanaHome | undefined {
  const named = process.env['GRAFANA_HOME'];
  if (named) {
    const program = join(named, 'bin/grafana');
    return isHome(named) && existsSync(program) ? { dir: named, program } : undefined;
  }
  const program = findOnPath('grafana');
  if (program === undefined) return undefined;
  const dir = [join(dirname(realpathSync(program)), '..'), '/usr/share/grafana'].find(isHome);
  return dir === undefined ? undefined : { dir, program };
}

export function missingGrafana(): string | undefined {
  if (findGrafana()) return undefined;
  return process.env['GRAFANA_HOME']
    ? 'GRAFANA_HOME holds no Grafana (bin/grafana, conf/ and public/ are looked for)'
    : 'there is no Grafana on this machine. Unpack a release (12.3 or later) and set GRAFANA_HOME to its folder';
}

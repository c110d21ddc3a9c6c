/**
 * Binaries of the real parts, built from pinned Go modules. Each folder under `provisioning/native/builds` is one: go.mod
 * and go.sum pin every module by hash, build.json says what to build. The result lies in the user's cache, named by version
 * and a hash of that folder, so that clones share it and a changed pin is built anew.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { lock } from './lock.ts';
import { provisioningDir, userCacheDir } from './paths.ts';
import { dieWithParent, findOnPath, signalGroup } from './processes.ts';
import { RemedyError } from './remedy-error.ts';

const buildsDir = join(provisioningDir, 'native/builds');

/** build.json. `packages` (how many are compiled) and `cpuSeconds` (what that took once) only serve the estimate. */
interface Recipe {
  version: string;
  package: string;
  tags?: string[];
  versionVariable?: string;
  packages: number;
  cpuSeconds: number;
}

export type BuildProgress =
  | { phase: 'waiting'; name: string; version: string }
  | { phase: 'downloading'; name: string; version: string; modules: number }
  /** `share` is 0 to 1; `secondsLeft` an estimate. */
  | { phase: 'building'; name: string; version: string; share: number; secondsLeft: number }
  | { phase: 'built'; name: string; version: string; seconds: number };

export interface BuildOptions {
  onProgress?: (progress: BuildProgress) => void;
  signal?: AbortSignal;
  cacheDir?: string;
  /** The folder of one build; by default `provisioning/native/builds/<name>`. */
  sourceDir?: string;
}

/** True when `name` is built already. */
export function isBuilt(name: string, options: BuildOptions = {}): boolean {
  return existsSync(describe(name, options).target);
}

/** How long building `name` takes on this machine, in seconds: a rough guess to be told before it begins. */
export function estimateSeconds(name: string, options: BuildOptions = {}): number {
  return describe(name, options).seconds;
}

/**
 * The path of the binary `name`, built first if need be.
 *
 * Safe when several processes ask at once (one builds, the others wait) and when a builder was killed (its lock is gone
 * with it, and a binary appears under its name only when complete).
 * @throws RemedyError without a (recent enough) Go, or when the build fails.
 */
export async function ensureBinary(name: string, options: BuildOptions = {}): Promise<string> {
  const build = describe(name, options);
  if (existsSync(build.target)) return build.target;
  const { version } = build.recipe;
  const waiting = () => options.onProgress?.({ phase: 'waiting', name, version });
  const held = await lock(join(build.cacheDir, 'locks', basename(build.target)), waiting, options.signal);
  try {
    if (!existsSync(build.target)) await compile(build, options);
    return build.target;
  } finally {
    held.release();
  }
}

interface Build {
  name: string;
  recipe: Recipe;
  sourceDir: string;
  cacheDir: string;
  target: string;
  seconds: number;
}

function describe(name: string, options: BuildOptions): Build {
  const sourceDir = options.sourceDir ?? join(buildsDir, name);
  const cacheDir = options.cacheDir ?? userCacheDir();
  const recipe = JSON.parse(readFileSync(join(sourceDir, 'build.json'), 'utf8')) as Recipe;
  const target = join(cacheDir, 'bin', `${name}-${recipe.version}-${hashOf(sourceDir, recipe)}`);
  return { name, recipe, sourceDir, cacheDir, target, seconds: recipe.cpuSeconds / availableParallelism() };
}

/** Of all that decides what comes out; not of what build.json says for the estimate only. */
function hashOf(sourceDir: string, { version, package: target, tags, versionVariable }: Recipe): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([process.platform, process.arch, version, target, tags, versionVariable]));
  for (const file of readdirSync(sourceDir).sort()) {
    if (file !== 'build.json') hash.update(`\0${file}\0`).update(readFileSync(join(sourceDir, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

async function compile(build: Build, options: BuildOptions): Promise<void> {
  const { name, recipe, target } = build;
  if (!findOnPath('go')) {
    throw new RemedyError(
      `${name} ${recipe.version} has to be built once, and there is no Go toolchain on PATH`,
      'Install Go from https://go.dev/dl/ (or your package manager), then start again.',
    );
  }
  const logFile = join(build.cacheDir, 'logs', `${basename(target)}.log`);
  for (const folder of [join(build.cacheDir, 'logs'), join(build.cacheDir, 'bin')])
    mkdirSync(folder, { recursive: true });
  writeFileSync(logFile, '');
  const unfinished = `${target}.${process.pid}.unfinished`;
  const startedAt = Date.now();
  const report = progressReporter(build, options);
  try {
    const lines = await runGo(goArguments(recipe, unfinished), build.sourceDir, options.signal, (line) => {
      appendFileSync(logFile, `${line}\n`);
      report(line);
    });
    if (lines !== undefined) throw buildFailure(build, lines, logFile);
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
  options.onProgress?.({
    phase: 'built',
    name,
    version: recipe.version,
    seconds: (Date.now() - startedAt) / 1000,
  });
}

function goArguments(recipe: Recipe, output: string): string[] {
  const ldflags = ['-s', '-w'];
  if (recipe.versionVariable) ldflags.push(`-X ${recipe.versionVariable}=${recipe.version}`);
  return [
    'build',
    '-v', // names each package it compiles: that is our progress
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    ...(recipe.tags ? [`-tags=${recipe.tags.join(',')}`] : []),
    `-ldflags=${ldflags.join(' ')}`,
    `-o=${output}`,
    recipe.package,
  ];
}

/** Runs go; undefined when it succeeded, else the last lines it said. */
function runGo(
  args: string[],
  cwd: string,
  signal: AbortSignal | undefined,
  onLine: (line: string) => void,
): Promise<string[] | undefined> {
  const [program, ...rest] = [...dieWithParent(), 'go', ...args] as [string, ...string[]];
  const child = spawn(program, rest, {
    cwd,
    detached: true, // a group of its own, so that an abort reaches the compilers too
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
  });
  const abort = () => child.pid !== undefined && signalGroup(child.pid, 'SIGTERM');
  signal?.addEventListener('abort', abort, { once: true });
  const tail: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    tail.push(line);
    if (tail.length > 20) tail.shift();
    onLine(line);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve(code === 0 ? undefined : tail);
    });
  });
}

function buildFailure({ name, recipe }: Build, lines: string[], logFile: string): RemedyError {
  const said = lines.join('\n');
  const required = /requires go >= ?([\d.]+)/.exec(said)?.[1];
  return new RemedyError(
    `building ${name} ${recipe.version} failed:\n${said}`,
    required
      ? `Install Go ${required} or newer from https://go.dev/dl/, or allow Go to fetch it (GOTOOLCHAIN=auto).`
      : `The whole output is in ${logFile}. Go needs its module proxy (see \`go env GOPROXY\`) and about 5 GB of disk.`,
  );
}

/** Turns the lines of `go build -v` into progress, at most twice a second. */
function progressReporter(
  { name, recipe, seconds }: Build,
  { onProgress }: BuildOptions,
): (line: string) => void {
  const about = { name, version: recipe.version };
  let modules = 0;
  let packages = 0;
  let reportedAt = 0;
  let compilingSince = 0;
  onProgress?.({ phase: 'building', ...about, share: 0, secondsLeft: seconds });
  return (line) => {
    if (line.startsWith('go: downloading')) modules += 1;
    else packages += 1;
    if (packages === 1) compilingSince = Date.now();
    if (Date.now() - reportedAt < 500) return;
    reportedAt = Date.now();
    // The guess comes from another machine: never claim to be done before it is, and go by what is seen here soon.
    const share = Math.min(packages / recipe.packages, 0.99);
    const seen = (Date.now() - compilingSince) / 1000;
    const secondsLeft = share < 0.1 ? seconds * (1 - share) : (seen / share) * (1 - share);
    if (packages === 0) onProgress?.({ phase: 'downloading', ...about, modules });
    else onProgress?.({ phase: 'building', ...about, share, secondsLeft });
  };
}

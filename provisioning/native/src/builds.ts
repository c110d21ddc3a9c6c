/**
 * What the real parts run: binaries built from pinned Go modules, and programs fetched from Maven or from their makers.
 * Each folder under `provisioning/native/builds` is one. With a go.mod it is built by Go (go-build.ts), with a pom.xml it
 * comes from Maven (maven-build.ts), and either way everything is pinned by hash; what is an archive is pinned by version
 * (archive-build.ts). The result lies in the user's cache, named by version and a
 * hash of that folder, so that clones share it and a changed pin is made anew.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { type ArchiveRecipe, fetchArchive, shapedByArchive } from './archive-build.ts';
import { buildWithGo, type GoRecipe, shapedByGo } from './go-build.ts';
import { lock } from './lock.ts';
import { fetchWithMaven, type MavenRecipe, shapedByMaven } from './maven-build.ts';
import { provisioningDir, userCacheDir } from './paths.ts';

const buildsDir = join(provisioningDir, 'native/builds');

export type BuildProgress =
  | { phase: 'waiting'; name: string; version: string }
  | { phase: 'downloading'; name: string; version: string; files: number }
  /** `ofBytes` is 0 where nobody says how many there are. */
  | { phase: 'fetching'; name: string; version: string; bytes: number; ofBytes: number }
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

interface Described<Kind, Recipe> {
  kind: Kind;
  name: string;
  /** build.json. */
  recipe: Recipe;
  sourceDir: string;
  cacheDir: string;
  /** Where the finished thing will be. */
  target: string;
  /** A guess. */
  seconds: number;
}
export type GoBuild = Described<'go', GoRecipe>;
export type MavenBuild = Described<'maven', MavenRecipe>;
export type ArchiveBuild = Described<'archive', ArchiveRecipe>;
type Build = GoBuild | MavenBuild | ArchiveBuild;

/** What a kind of build works with: it puts everything into `unfinished`, and all that is said into `logFile`. */
export interface Workplace {
  unfinished: string;
  logFile: string;
  report: (progress: BuildProgress) => void;
  signal: AbortSignal | undefined;
}

/** True when `name` is built already. */
export function isBuilt(name: string, options: BuildOptions = {}): boolean {
  return existsSync(describe(name, options).target);
}

/** How long making `name` takes on this machine, in seconds: a rough guess to be told before it begins. */
export function estimateSeconds(name: string, options: BuildOptions = {}): number {
  return describe(name, options).seconds;
}

/**
 * The path of `name`, made first if need be: a binary when Go built it, a folder when it came from elsewhere.
 *
 * Safe when several processes ask at once (one builds, the others wait) and when a builder was killed (its lock is gone
 * with it, and a result appears under its name only when complete).
 * @throws RemedyError without a (recent enough) Go, Maven or Java, when a file is not the pinned one, or a build fails.
 */
export async function ensureBinary(name: string, options: BuildOptions = {}): Promise<string> {
  const build = describe(name, options);
  if (existsSync(build.target)) return build.target;
  const { version } = build.recipe;
  const waiting = () => options.onProgress?.({ phase: 'waiting', name, version });
  const held = await lock(join(build.cacheDir, 'locks', basename(build.target)), waiting, options.signal);
  try {
    if (!existsSync(build.target)) await make(build, options);
    return build.target;
  } finally {
    held.release();
  }
}

function describe(name: string, options: BuildOptions): Build {
  const sourceDir = options.sourceDir ?? join(buildsDir, name);
  const cacheDir = options.cacheDir ?? userCacheDir();
  const recipe = JSON.parse(readFileSync(join(sourceDir, 'build.json'), 'utf8')) as Build['recipe'];
  const common = (shape: readonly unknown[]) => ({
    name,
    sourceDir,
    cacheDir,
    target: join(cacheDir, 'bin', `${name}-${recipe.version}-${hashOf(sourceDir, shape)}`),
    seconds: recipe.cpuSeconds / availableParallelism(),
  });
  if ('archive' in recipe) return { ...common(shapedByArchive(recipe)), kind: 'archive', recipe };
  return existsSync(join(sourceDir, 'pom.xml'))
    ? { ...common(shapedByMaven(recipe)), kind: 'maven', recipe }
    : { ...common(shapedByGo(recipe as GoRecipe)), kind: 'go', recipe: recipe as GoRecipe };
}

/** Of all that decides what comes out; not of what build.json says for the estimate only. */
function hashOf(sourceDir: string, shape: readonly unknown[]): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([process.platform, process.arch, ...shape]));
  for (const file of readdirSync(sourceDir).sort()) {
    if (file !== 'build.json') hash.update(`\0${file}\0`).update(readFileSync(join(sourceDir, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

async function make(build: Build, { onProgress, signal }: BuildOptions): Promise<void> {
  const { name, recipe, cacheDir, target } = build;
  for (const folder of ['logs', 'bin']) mkdirSync(join(cacheDir, folder), { recursive: true });
  const logFile = join(cacheDir, 'logs', `${basename(target)}.log`);
  writeFileSync(logFile, '');
  const unfinished = `${target}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true }); // of a builder that was killed: the lock is ours
  const report = (progress: BuildProgress) => onProgress?.(progress);
  const startedAt = Date.now();
  try {
    const workplace = { unfinished, logFile, report, signal };
    if (build.kind === 'go') await buildWithGo(build, workplace);
    else if (build.kind === 'maven') await fetchWithMaven(build, workplace);
    else await fetchArchive(build, workplace);
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  const seconds = (Date.now() - startedAt) / 1000;
  report({ phase: 'built', name, version: recipe.version, seconds });
}

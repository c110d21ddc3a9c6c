/** Builds a binary from a folder whose go.mod and go.sum pin every module by hash. */
import type { BuildProgress, GoBuild, Workplace } from './builds.ts';
import { findOnPath } from './processes.ts';
import { RemedyError } from './remedy-error.ts';
import { runTool } from './run-tool.ts';

/** build.json. `packages` (how many are compiled) and `cpuSeconds` (what that took once) only serve the estimate. */
export interface GoRecipe {
  version: string;
  package: string;
  tags?: string[];
  versionVariable?: string;
  packages: number;
  cpuSeconds: number;
}

/** What of the recipe decides what comes out. */
export function shapedByGo({ version, package: target, tags, versionVariable }: GoRecipe): unknown[] {
  return [version, target, tags, versionVariable];
}

/** @throws RemedyError without a (recent enough) Go, or when the build fails */
export async function buildWithGo(build: GoBuild, workplace: Workplace): Promise<void> {
  const { name, recipe, sourceDir } = build;
  const { unfinished, logFile, report, signal } = workplace;
  if (!findOnPath('go')) {
    throw new RemedyError(
      `${name} ${recipe.version} has to be built once, and there is no Go toolchain on PATH`,
      'Install Go from https://go.dev/dl/ (or your package manager), then start again.',
    );
  }
  const said = await runTool({
    command: ['go', ...goArguments(recipe, unfinished)],
    cwd: sourceDir,
    env: { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
    logFile,
    signal,
    onLine: progressReporter(build, report),
  });
  if (said) throw buildFailure(build, said.join('\n'), logFile);
}

function goArguments(recipe: GoRecipe, output: string): string[] {
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

function buildFailure({ name, recipe }: GoBuild, said: string, logFile: string): RemedyError {
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
  { name, recipe, seconds }: GoBuild,
  report: (progress: BuildProgress) => void,
): (line: string) => void {
  const about = { name, version: recipe.version };
  let files = 0;
  let packages = 0;
  let reportedAt = 0;
  let compilingSince = 0;
  report({ phase: 'building', ...about, share: 0, secondsLeft: seconds });
  return (line) => {
    if (line.startsWith('go: downloading')) files += 1;
    else packages += 1;
    if (packages === 1) compilingSince = Date.now();
    if (Date.now() - reportedAt < 500) return;
    reportedAt = Date.now();
    // The guess comes from another machine: never claim to be done before it is, and go by what is seen here soon.
    const share = Math.min(packages / recipe.packages, 0.99);
    const seen = (Date.now() - compilingSince) / 1000;
    const secondsLeft = share < 0.1 ? seconds * (1 - share) : (seen / share) * (1 - share);
    if (packages === 0) report({ phase: 'downloading', ...about, files });
    else report({ phase: 'building', ...about, share, secondsLeft });
  };
}

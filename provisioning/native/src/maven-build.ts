/**
 * Fetches what a folder's pom.xml names, through the machine's own Maven and whatever registry that is set up for.
 * `SHA256SUMS` beside it lists every file that may come (as `sha256sum` writes it): no other is let in, whoever serves it.
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MavenBuild, Workplace } from './builds.ts';
import { findOnPath } from './processes.ts';
import { RemedyError } from './remedy-error.ts';
import { runTool } from './run-tool.ts';

/** build.json. `cpuSeconds` (what it took once) only serves the estimate. */
export interface MavenRecipe {
  version: string;
  /** The files are archives, whose content is wanted; otherwise they themselves are (jars for a class path). */
  unpack?: boolean;
  /** A command that readies what came, run once within its folder. */
  prepare?: string[];
  cpuSeconds: number;
}

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';

/** What of the recipe decides what comes out. */
export function shapedByMaven({ version, unpack, prepare }: MavenRecipe): unknown[] {
  return [version, unpack, prepare];
}

/** @throws RemedyError without Maven or Java, when a file is not the pinned one, or when Maven fails */
export async function fetchWithMaven(build: MavenBuild, workplace: Workplace): Promise<void> {
  const { name, recipe, sourceDir, seconds } = build;
  const { unfinished, report, logFile, signal } = workplace;
  const about = { name, version: recipe.version };
  for (const program of ['mvn', 'java']) {
    if (!findOnPath(program)) {
      throw new RemedyError(
        `${name} ${recipe.version} has to be fetched once, and there is no \`${program}\` on PATH`,
        'Install Java 17 or newer and Maven 3.6.3 or newer (https://maven.apache.org/install.html), then start again.',
      );
    }
  }
  const fetched = `${unfinished}/.fetched`;
  mkdirSync(fetched, { recursive: true });
  let files = 0;
  report({ phase: 'downloading', ...about, files });
  const maven = async (goal: string, folder: string, ...flags: string[]): Promise<void> => {
    const pom = `--file=${join(sourceDir, 'pom.xml')}`;
    const options = [`-DoutputDirectory=${folder}`, `-DmarkersDirectory=${fetched}/markers`];
    const said = await runTool({
      command: ['mvn', '--batch-mode', ...flags, pom, `${PLUGIN}:${goal}`, ...options],
      cwd: unfinished,
      logFile,
      signal,
      onLine: (line) => {
        if (line.startsWith('Downloaded')) report({ phase: 'downloading', ...about, files: (files += 1) });
      },
    });
    if (said) throw mavenFailure(build, said, logFile);
  };

  await maven('copy-dependencies', recipe.unpack ? fetched : unfinished);
  report({ phase: 'building', ...about, share: 0, secondsLeft: seconds });
  await verify(build, recipe.unpack ? fetched : unfinished);
  // Offline: out of the very files in Maven's own repository that have just been looked at.
  if (recipe.unpack) await maven('unpack-dependencies', unfinished, '--offline');
  rmSync(fetched, { recursive: true });
  if (recipe.prepare) {
    report({ phase: 'building', ...about, share: 0.3, secondsLeft: seconds * 0.7 });
    const said = await runTool({ command: recipe.prepare, cwd: unfinished, logFile, signal });
    if (said) {
      throw new RemedyError(
        `\`${recipe.prepare.join(' ')}\` of ${name} ${recipe.version} failed:\n${said.join('\n')}`,
        `The whole output is in ${logFile}.`,
      );
    }
  }
}

/** Every file is in the list with this hash, and every file of the list is there. */
async function verify({ name, recipe, sourceDir }: MavenBuild, folder: string): Promise<void> {
  const pinned = new Map(
    readFileSync(join(sourceDir, 'SHA256SUMS'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  const came = readdirSync(folder).filter((file) => !file.startsWith('.'));
  for (const file of new Set([...pinned.keys(), ...came])) {
    const expected = pinned.get(file) ?? 'not among the pinned files';
    const found = came.includes(file) ? await sha256(join(folder, file)) : 'missing';
    if (found === expected) continue;
    throw new RemedyError(
      `${name} ${recipe.version}: ${file} is not what is pinned (SHA-256 ${found}, expected ${expected})`,
      `Delete it from Maven's own repository (~/.m2/repository) and start again. Should it come again, do not use it: the ` +
        `registry serves another file than ${basename(sourceDir)}/SHA256SUMS was made from.`,
    );
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function mavenFailure({ name, recipe }: MavenBuild, said: string[], logFile: string): RemedyError {
  return new RemedyError(
    `fetching ${name} ${recipe.version} failed:\n${said.join('\n')}`,
    `The whole output is in ${logFile}. Maven needs its registry (see \`mvn help:effective-settings\`).`,
  );
}

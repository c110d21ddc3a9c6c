/**
 * Fetches a program as its makers have built it: an archive for each kind of machine, let in when it has the checksum
 * that its makers publish beside it (`<archive>.sha256`).
 */
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArchiveBuild, Workplace } from './builds.ts';
import { RemedyError } from './remedy-error.ts';
import { runTool } from './run-tool.ts';

/** build.json. `{platform}` of the address is the makers' name for this machine. */
export interface ArchiveRecipe {
  version: string;
  archive: string;
  /** By `<process.platform>-<process.arch>`. */
  platforms: Record<string, string>;
  cpuSeconds: number;
}

const CHECKSUM_DEADLINE_MS = 20_000;

/** What of the recipe decides what comes out. */
export function shapedByArchive({ version, archive, platforms }: ArchiveRecipe): unknown[] {
  return [version, archive, platforms];
}

/**
 * Leaves in `unfinished` what stands in the one folder of the archive.
 * @throws RemedyError where there is none for this machine, the network does not allow it, or it is not what it should be
 */
export async function fetchArchive(build: ArchiveBuild, workplace: Workplace): Promise<void> {
  const { name, recipe } = build;
  const { unfinished, report, logFile, signal } = workplace;
  const platform = recipe.platforms[`${process.platform}-${process.arch}`];
  if (platform === undefined) {
    throw new RemedyError(
      `there is no ${name} ${recipe.version} for ${process.platform} on ${process.arch}`,
      'Build it yourself, and say where it is (GRAFANA_HOME).',
    );
  }
  const url = recipe.archive.replace('{platform}', platform);
  mkdirSync(unfinished, { recursive: true });
  const expected = await publishedChecksum(build, `${url}.sha256`, signal);
  const file = join(unfinished, basename(url));
  const onBytes = (bytes: number, ofBytes: number) =>
    report({ phase: 'fetching', name, version: recipe.version, bytes, ofBytes });
  const found = await download(build, url, file, onBytes, signal);
  if (found !== expected) {
    throw new RemedyError(
      `${url} is not what its makers published (SHA-256 ${found}, expected ${expected})`,
      'Try again later; should it come again, something between here and there changes downloads.',
    );
  }
  // `tar` reads .tar.gz everywhere, Windows included.
  const said = await runTool({
    command: ['tar', '-xzf', file, '-C', unfinished],
    cwd: unfinished,
    logFile,
    signal,
  });
  if (said)
    throw new RemedyError(`unpacking ${file} failed:\n${said.join('\n')}`, `The output is in ${logFile}.`);
  rmSync(file);
  const [folder, ...more] = readdirSync(unfinished);
  if (folder === undefined || more.length > 0) throw new Error(`${url} does not hold one folder`);
  for (const entry of readdirSync(join(unfinished, folder))) {
    renameSync(join(unfinished, folder, entry), join(unfinished, entry));
  }
  rmSync(join(unfinished, folder), { recursive: true });
}

/** The file holds the hash, followed by the archive's name or by nothing. */
async function publishedChecksum(
  build: ArchiveBuild,
  url: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const deadline = AbortSignal.timeout(CHECKSUM_DEADLINE_MS);
  const response = await ask(build, url, signal ? AbortSignal.any([signal, deadline]) : deadline);
  const [hash = ''] = (await response.text()).trim().split(/\s+/);
  if (/^[0-9a-f]{64}$/.test(hash)) return hash;
  throw new RemedyError(`${url} is no SHA-256 checksum`, 'Something other than its makers answers there.');
}

/** @returns the SHA-256 of what came */
async function download(
  build: ArchiveBuild,
  url: string,
  file: string,
  onBytes: (bytes: number, ofBytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<string> {
  const response = await ask(build, url, signal);
  const ofBytes = Number(response.headers.get('content-length') ?? 0);
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      onBytes((bytes += chunk.length), ofBytes);
      done(null, chunk);
    },
  });
  const body = Readable.fromWeb(response.body ?? new Blob([]).stream());
  await pipeline(body, counted, createWriteStream(file), ...(signal ? [{ signal }] : []));
  return hash.digest('hex');
}

async function ask({ name, recipe }: ArchiveBuild, url: string, signal?: AbortSignal): Promise<Response> {
  let why: string;
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (response.ok) return response;
    why = `it answered ${response.status}`;
  } catch (error) {
    const { cause } = error as { cause?: { code?: string; message?: string } };
    why = cause?.code ?? cause?.message ?? (error as Error).message;
  }
  throw new RemedyError(
    `${name} ${recipe.version} cannot be downloaded: the network does not allow ${new URL(url).origin} (${why})`,
    'Start without --with-grafana, or unpack a Grafana from elsewhere and set GRAFANA_HOME to its folder.',
  );
}

/** Schemathesis from PyPI, pinned by hash, in the user's cache: clones share it, and changed pins are another folder. */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** `3.11 linux x86_64`: what the packages are built for. Undefined without a Python that can install them. */
export function pythonPlatform(): string | undefined {
  const script =
    'import pip, platform, sys; assert sys.version_info >= (3, 10); ' +
    'print("%d.%d" % sys.version_info[:2], sys.platform, platform.machine())';
  const { status, stdout } = spawnSync('python3', ['-c', script], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** @returns the folder to put on PYTHONPATH; installs it first if need be, which takes half a minute once */
export async function ensureSchemathesis(platform: string): Promise<string> {
  const hash = createHash('sha256').update(platform).update(readFileSync(REQUIREMENTS)).digest('hex');
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'obstack', 'python');
  const folder = join(cache, `schemathesis-${hash.slice(0, 12)}`);
  if (existsSync(folder)) return folder;

  // Under its name only once complete; of two that install at the same time, the second throws its own away.
  const unfinished = `${folder}.${process.pid}.unfinished`;
  try {
    await mkdir(cache, { recursive: true });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile'];
    const pinned = ['--require-hashes', '--only-binary', ':all:', '--requirement', REQUIREMENTS];
    await promisify(execFile)('python3', [...install, ...pinned, '--target', unfinished]);
    await rename(unfinished, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Where things are: the clone, its provisioning files, and the user's cache outside of it. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const provisioningDir = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const repositoryDir = dirname(provisioningDir);

/** The folder which holds built binaries, shared by all clones of one user (XDG base directory specification). */
export function userCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'obstack');
}

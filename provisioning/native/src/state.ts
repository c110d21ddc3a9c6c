/** What one stack remembers in its folder: ports for the next start, and who runs, for `stop`, `status` and cleaning up. */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { ProcessIdentity } from './processes.ts';

export interface StackState {
  /** `<part>.<port name>` → port. Kept after a stop, so that addresses stay the same over restarts. */
  ports: Record<string, number>;
  /** The process which starts and watches the parts. Absent when stopped. */
  supervisor?: ProcessIdentity;
  startedAt?: string;
  /** True once every part has been ready. */
  ready?: boolean;
  processes: Record<string, ProcessIdentity>;
  urls: Record<string, string>;
}

/** Makes the stack's folders. Others may pass through them (PostgreSQL may run as another user), but not look around. */
export function prepareFolders(dir: string): void {
  for (const folder of [dir, join(dir, 'data')]) {
    mkdirSync(folder, { recursive: true });
    if (process.getuid?.() === 0) chmodSync(folder, 0o711);
  }
  for (const name of ['logs', 'secrets']) privateFolder(join(dir, name));
}

export function privateFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

export function readState(dir: string): StackState {
  const empty: StackState = { ports: {}, processes: {}, urls: {} };
  try {
    return {
      ...empty,
      ...(JSON.parse(readFileSync(join(dir, 'state.json'), 'utf8')) as Partial<StackState>),
    };
  } catch (error) {
    // A missing or torn file only costs the remembered ports.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return empty;
    throw error;
  }
}

export function writeState(dir: string, state: StackState): void {
  writePrivateFile(join(dir, 'state.json'), `${JSON.stringify(state, undefined, 2)}\n`);
}

/** The secret kept in `file` (mode 600), made at the first call: 48 hex characters, 192 bits. */
export function secret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const made = randomBytes(24).toString('hex');
    writePrivateFile(file, `${made}\n`);
    return made;
  }
}

/** Writes whole or not at all, readable by the owner only from its first byte on. */
export function writePrivateFile(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}.unfinished`;
  writeFileSync(unfinished, content, { mode: 0o600 });
  renameSync(unfinished, file);
}

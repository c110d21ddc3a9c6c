/**
 * A lock between processes which the kernel gives back when its holder dies, however it dies: no stale lock to detect,
 * no owner's pid to doubt. Node has no flock(2), but SQLite locks its file with fcntl(2) and is built in.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const SQLITE_BUSY = 5;

export interface Lock {
  release(): void;
}

/** Takes the lock `file` (created, stays empty) or answers undefined when somebody holds it. */
export function tryLock(file: string): Lock | undefined {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // Nothing is ever written, so nothing needs a journal beside the file.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  return { release: () => database.close() };
}

/** Takes the lock, waiting for as long as it takes; `onWait` is called once when it has to. */
export async function lock(
  file: string,
  onWait: () => void = () => undefined,
  signal?: AbortSignal,
): Promise<Lock> {
  for (let waited = false; ; waited = true) {
    const taken = tryLock(file);
    if (taken) return taken;
    if (!waited) onWait();
    await sleep(200, undefined, signal ? { signal } : {});
  }
}

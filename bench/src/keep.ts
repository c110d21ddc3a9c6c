// Every result is kept as JSON, by its time and its command.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const RESULTS = join(import.meta.dirname, '../results');

/** @returns where it is */
export function keep(command: string, at: string, result: object): string {
  mkdirSync(RESULTS, { recursive: true });
  const path = join(RESULTS, `${at.replaceAll(/[:.]/g, '-')}-${command}.json`);
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}

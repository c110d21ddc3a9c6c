// What a figure must be read with: the machine, the versions and the commit.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** Load average of the minute before the run: above the number of idle cores, others were at work. */
  readonly loadBefore: number;
}

export const describeMachine = (): Machine => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  loadBefore: loadavg()[0] ?? 0,
});

/** First line that a program says about its version; undefined when it cannot be run. */
export function versionOf(
  command: string,
  args: readonly string[],
  pattern = /\d[\w.+-]*/,
): string | undefined {
  try {
    // Some print to one stream, some to the other.
    const text = execFileSync('sh', ['-c', '"$0" "$@" 2>&1 || true', command, ...args], { encoding: 'utf8' });
    return pattern.exec(text)?.[0];
  } catch {
    return undefined;
  }
}

/** The commit of this checkout, with `+changes` when it is not what is on disk; undefined outside of git. */
export function commit(): string | undefined {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    const hash = git('rev-parse', '--short=12', 'HEAD').trim();
    return git('status', '--porcelain', '--untracked-files=no') === '' ? hash : `${hash}+changes`;
  } catch {
    return undefined;
  }
}

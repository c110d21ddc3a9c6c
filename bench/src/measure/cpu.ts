// How much processor time a process has used, read from Linux' /proc. All threads of the process count, and so
// do its children: a server that forks workers is charged for them.
import { readdirSync, readFileSync } from 'node:fs';

// USER_HZ, the unit of utime and stime; 100 on every architecture Linux runs Node on (proc(5), sysconf(3)).
const TICKS_PER_SECOND = 100;

/**
 * utime + stime of one `/proc/<pid>/stat` line, in seconds.
 * @throws when the line is not of that form (proc(5): fields 14 and 15, counted from the pid as field 1)
 */
export function parseProcStat(line: string): number {
  // The second field is the command in parentheses and may itself hold spaces and parentheses.
  const afterCommand = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(afterCommand[11]) + Number(afterCommand[12]);
  if (!Number.isInteger(ticks)) throw new Error(`not a /proc/<pid>/stat line: ${line}`);
  return ticks / TICKS_PER_SECOND;
}

/** CPU-seconds used so far by the process and all its living descendants. Throws when it is gone. */
export function cpuSeconds(pid: number): number {
  const own = parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child), own);
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** `0,2-4` → [0, 2, 3, 4]: the form of `Cpus_allowed_list` in `/proc/self/status`. */
export function parseCpuList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .flatMap((range) => {
      const [first = NaN, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}

export interface Cores {
  /** Where the server under test runs, alone as far as we can say. */
  readonly server: number;
  /** Where the load generator, the upstream stub and this process run. */
  readonly load: number;
}

/** Two different cores if the machine lends us two, else the same one twice. */
export function chooseCores(): Cores {
  const allowed = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const cores = parseCpuList(allowed ?? '0');
  const server = cores[0] ?? 0;
  return { server, load: cores[1] ?? server };
}

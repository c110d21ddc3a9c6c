import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { cpuSeconds, parseCpuList, parseProcStat } from './cpu.ts';

describe('parseProcStat', () => {
  it('adds user and system time, whatever the command is called', () => {
    const line = '4321 (a) odd (name) R 1 4321 4321 0 -1 4194304 100 0 0 0 250 50 7 7 20 0 11 0 12345 1 2';
    expect(parseProcStat(line)).toBe(3);
  });

  it('refuses what is not such a line', () => {
    expect(() => parseProcStat('4321 (node) R 1')).toThrow('not a /proc');
  });
});

describe('cpuSeconds', () => {
  const isLinux = process.platform === 'linux';
  (isLinux ? it : it.skip)('grows with the work of this process', () => {
    const before = cpuSeconds(process.pid);
    // A tick is 10 ms of work, which takes longer where many want the core.
    const end = performance.now() + 5_000;
    while (cpuSeconds(process.pid) === before && performance.now() < end) readFileSync('/proc/self/stat');
    expect(cpuSeconds(process.pid)).toBeGreaterThan(before);
  });
});

describe('parseCpuList', () => {
  it('reads single cores and ranges', () => {
    expect(parseCpuList('0\n')).toEqual([0]);
    expect(parseCpuList('0,2-4,7')).toEqual([0, 2, 3, 4, 7]);
  });
});

// The stretch of time that the lab's data covers. Recent, because stores treat old data differently; a fixed
// length before a fixed end, so that one range means the same to every query of a run.

export const STEP_MS = 15_000;
export const STEPS = 33;

export interface Window {
  /** Epoch milliseconds of the first and of the last sample, both inclusive, whole minutes. */
  readonly startMs: number;
  readonly endMs: number;
}

/** The window that ends at the last whole minute before `nowMs`. */
export function windowBefore(nowMs: number): Window {
  const endMs = Math.floor(nowMs / 60_000) * 60_000;
  return { startMs: endMs - (STEPS - 1) * STEP_MS, endMs };
}

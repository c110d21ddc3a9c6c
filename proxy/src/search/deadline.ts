/** Aborted as `outer` is, or when the time is up. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** To be called when the work is done, for the timer. */
  clear(): void;
}

export class TimeIsUp extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`no answer within ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}

export function deadline(outer: AbortSignal, afterMs: number): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new TimeIsUp(afterMs)), afterMs);
  const onAbort = (): void => controller.abort(outer.reason);
  if (outer.aborted) onAbort();
  else outer.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      outer.removeEventListener('abort', onAbort);
    },
  };
}

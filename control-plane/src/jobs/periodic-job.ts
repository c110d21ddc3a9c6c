/** Work that comes round again: clearing up what has run out, looking for drift. */
export interface PeriodicJob {
  /** Stable: it is kept in the database. */
  readonly name: string;
  readonly everyMs: number;
  /** Run by one worker at a time; one that rejects is logged and comes round again. */
  run(signal: AbortSignal): Promise<void>;
}

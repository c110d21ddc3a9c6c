import type { Executor } from '../../db/connect.ts';

/** What is counted, how much of it is free, and what comes after. */
export interface Counter {
  /** `account:<sha256>`, `address:<ip>`. */
  subject: string;
  /** Failures that cost no pause. */
  free: number;
  /** The longest pause, in seconds. */
  maxPause: number;
  /** Seconds after which failures are forgotten. */
  memory: number;
}

const FAILURES =
  'CASE WHEN had.last_at < clock_timestamp() - make_interval(secs => :memory) THEN 1 ELSE had.failures + 1 END';

export const attemptsStore = {
  /**
   * Counts one more failure, unless the subject is to wait: in one statement, so that of any number of attempts at
   * once, on any number of copies, no more get through than one after the other would. The pause after it doubles
   * with each failure.
   * @returns false when it is to wait
   */
  async count(tx: Executor, { subject, free, maxPause, memory }: Counter): Promise<boolean> {
    // Real time: a transaction that waited for another would go by the time at which it began.
    const { rows } = await tx.raw<{ rows: unknown[] }>(
      `INSERT INTO login_attempts AS had (subject, failures, last_at, blocked_until)
         VALUES (:subject, 1, clock_timestamp(), clock_timestamp())
       ON CONFLICT (subject) DO UPDATE SET
         failures = ${FAILURES},
         last_at = clock_timestamp(),
         blocked_until = clock_timestamp() + CASE WHEN ${FAILURES} < :free THEN interval '0' ELSE
           make_interval(secs => LEAST(power(2, LEAST(${FAILURES} - :free, 30)), :maxPause)) END
       WHERE had.blocked_until <= clock_timestamp()
       RETURNING 1`,
      { subject, free, maxPause, memory },
    );
    return rows.length > 0;
  },

  /** Whole seconds until the subject may try again. */
  async pause(tx: Executor, subject: string): Promise<number> {
    const row = await tx('login_attempts')
      .where({ subject })
      .first<{ seconds: number } | undefined>(
        tx.raw('ceil(extract(epoch FROM blocked_until - clock_timestamp()))::int AS seconds'),
      );
    return Math.max(1, row?.seconds ?? 1);
  },

  async forget(tx: Executor, subject: string): Promise<void> {
    await tx('login_attempts').where({ subject }).delete();
  },

  /** Takes back the one failure that was counted before it turned out to be none. */
  async undo(tx: Executor, subject: string): Promise<void> {
    await tx('login_attempts')
      .where({ subject })
      .update({
        failures: tx.raw('GREATEST(failures - 1, 0)'),
        blocked_until: tx.raw('LEAST(blocked_until, clock_timestamp())'),
      });
  },

  /** Rows that say nothing any more. */
  async removeOld(tx: Executor): Promise<void> {
    await tx('login_attempts').whereRaw("last_at < now() - interval '1 day'").delete();
  },
};

export type AttemptsStore = typeof attemptsStore;

import type { Executor } from '../db/connect.ts';

export const jobsStore = {
  /** A job that nobody knows yet is due at once. */
  async add(tx: Executor, names: readonly string[]): Promise<void> {
    await tx('periodic_jobs')
      .insert(names.map((name) => ({ name })))
      .onConflict('name')
      .ignore();
  },

  /** True for the one worker that is to run it now; it is due again after `everyMs`. */
  async take(tx: Executor, name: string, everyMs: number): Promise<boolean> {
    const taken = await tx('periodic_jobs')
      .where({ name })
      .where('due_at', '<=', tx.fn.now())
      .update({ due_at: tx.raw("now() + ? * interval '1 ms'", [everyMs]) });
    return taken === 1;
  },
};

export type JobsStore = typeof jobsStore;

import type { Executor } from '../db/connect.ts';

export interface IdempotencyRow {
  id: string;
  request_sha256: string;
  answer: string;
}

const TTL = "interval '24 hours'";

export const idempotencyStore = {
  /** Until the transaction is over. False when another holds it. */
  async tryLock(tx: Executor, id: string): Promise<boolean> {
    const { rows } = await tx.raw<{ rows: { locked: boolean }[] }>(
      'SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0)) AS locked',
      [id],
    );
    return rows[0]?.locked ?? false;
  },

  find(tx: Executor, id: string): Promise<IdempotencyRow | undefined> {
    return tx<IdempotencyRow>('idempotency_keys')
      .where({ id })
      .whereRaw(`created_at > now() - ${TTL}`)
      .first();
  },

  /** In place of one that has run out, if there is one. */
  async insert(tx: Executor, row: IdempotencyRow): Promise<void> {
    await tx('idempotency_keys').where({ id: row.id }).delete();
    await tx('idempotency_keys').insert(row);
  },

  async deleteExpired(tx: Executor): Promise<number> {
    return await tx('idempotency_keys').whereRaw(`created_at <= now() - ${TTL}`).delete();
  },
};

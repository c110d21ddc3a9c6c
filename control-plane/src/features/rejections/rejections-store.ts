import type { ListRejections, Page, Signal } from '@obstack/contracts';
import type { ReportedRejection } from '@obstack/contracts/internal';
import { z } from 'zod';
import type { Executor } from '../../db/connect.ts';
import { readPage } from '../../db/pages.ts';

export interface RejectionRow {
  id: string;
  created_at: Date;
  tenant_id: string;
  key_id: string;
  signal: Signal | null;
  reason: string;
  status: number;
  /** A bigint, which the driver gives as text. */
  count: string;
  first_at: Date;
  last_at: Date;
  detail: string;
}

export type NewRejection = Omit<ReportedRejection, 'signal'> & { signal: Signal | null };

const KEPT_DAYS = 30;
/** So that one statement never runs for long. */
const REMOVED_AT_ONCE = 10_000;

const RejectionId = z.uuid();

export const rejectionStore = {
  /**
   * Adds what a proxy reports to what is there for the hour. What happened to a stand-in in a test event happened to its
   * key; what is reported of a key that is gone is dropped.
   */
  async add(tx: Executor, rejections: readonly NewRejection[]): Promise<void> {
    // Ordered, so that two reports of the same keys wait for each other instead of locking each other out.
    await tx.raw(
      `INSERT INTO rejections (tenant_id, key_id, signal, reason, status, hour, count, first_at, last_at, detail)
       SELECT c.tenant_id, COALESCE(c.test_of, c.id) AS key_id, r.signal, r.reason, r.status,
         date_trunc('hour', now()), sum(r.count), LEAST(min(r."firstAt"), now()), LEAST(max(r."lastAt"), now()),
         min(r.detail)
       FROM jsonb_to_recordset(?::jsonb) AS r("keyId" char(12), signal text, reason text, status smallint, count bigint,
         "firstAt" timestamptz, "lastAt" timestamptz, detail text)
       JOIN credentials c ON c.id = r."keyId"
       GROUP BY 1, 2, 3, 4, 5
       ORDER BY 2, 3, 4, 5
       ON CONFLICT (key_id, signal, reason, status, hour) DO UPDATE SET
         count = rejections.count + EXCLUDED.count,
         first_at = LEAST(rejections.first_at, EXCLUDED.first_at),
         last_at = GREATEST(rejections.last_at, EXCLUDED.last_at),
         detail = EXCLUDED.detail`,
      [JSON.stringify(rejections)],
    );
  },

  /** Newest first. */
  list(
    tx: Executor,
    tenantId: string,
    { keyId, signal, from, ...page }: ListRejections,
  ): Promise<Page<RejectionRow>> {
    const query = tx<RejectionRow>('rejections').where({ tenant_id: tenantId });
    if (keyId !== undefined) void query.where({ key_id: keyId });
    if (signal !== undefined) void query.where({ signal });
    if (from !== undefined) void query.where('last_at', '>=', new Date(from));
    return readPage(query, RejectionId, page, 'newest-first');
  },

  /** Removes some of what is older than 30 days. @returns how many; call again while there are any */
  async removeOld(tx: Executor): Promise<number> {
    return tx('rejections')
      .whereIn(
        'id',
        tx('rejections')
          .select('id')
          .whereRaw('last_at < now() - make_interval(days => ?)', [KEPT_DAYS])
          .limit(REMOVED_AT_ONCE),
      )
      .delete();
  },
};

export type RejectionStore = typeof rejectionStore;

import type { AuditFilter, AuditOutcome, Page, PageQuery } from '@obstack/contracts';
import { z } from 'zod';
import type { Executor } from '../../db/connect.ts';
import { readPage } from '../../db/pages.ts';

export interface AuditRow {
  id: string;
  created_at: Date;
  tenant_id: string | null;
  actor_type: string;
  actor_id: string;
  actor_name: string;
  ip: string | null;
  user_agent: string | null;
  action: string;
  target_type: string;
  target_id: string | null;
  outcome: AuditOutcome;
  reason: string | null;
  request_id: string;
  diff: Record<string, { from: unknown; to: unknown }> | null;
}

export type NewAuditRow = Omit<AuditRow, 'id' | 'created_at'>;

const Uuid = z.uuid();

export const auditStore = {
  /** Rows are only ever added: the database refuses anything else. */
  async insert(tx: Executor, row: NewAuditRow): Promise<void> {
    await tx('audit_events').insert({ ...row, diff: row.diff && JSON.stringify(row.diff) });
  },

  /** Newest first. Without a tenant, whatever the transaction's scope shows. */
  list(
    tx: Executor,
    { tenantId, action, actor, outcome, target, from, to }: AuditFilter & { tenantId?: string | undefined },
    page: PageQuery,
  ): Promise<Page<AuditRow>> {
    const query = tx<AuditRow>('audit_events');
    if (tenantId !== undefined) void query.where({ tenant_id: tenantId });
    if (action !== undefined) void query.where({ action });
    if (actor !== undefined)
      void query.where(Uuid.safeParse(actor).success ? { actor_id: actor } : { actor_name: actor });
    if (outcome !== undefined) void query.where({ outcome });
    if (target !== undefined) void query.where({ target_id: target });
    if (from !== undefined) void query.where('created_at', '>=', new Date(from));
    if (to !== undefined) void query.where('created_at', '<', new Date(to));
    return readPage(query, Uuid, page, 'newest-first');
  },
};

export type AuditStore = typeof auditStore;

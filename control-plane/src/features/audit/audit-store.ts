import type { Executor } from '../../db/connect.ts';

export type AuditOutcome = 'success' | 'denied' | 'failure';

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

export const auditStore = {
  /** Rows are only ever added: the database refuses anything else. */
  async insert(tx: Executor, row: NewAuditRow): Promise<void> {
    await tx('audit_events').insert({ ...row, diff: row.diff && JSON.stringify(row.diff) });
  },
};

export type AuditStore = typeof auditStore;

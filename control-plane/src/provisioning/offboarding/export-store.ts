/** What of our tables goes into the export of a tenant: named columns only, so that no hash and no secret does. */
import type { Executor } from '../../db/connect.ts';

/** Its columns, `created_at` and the table's key among them. */
export type ExportRow = Record<string, unknown>;

const COLUMNS = {
  users: ['id', 'email', 'roles', 'is_active', 'created_at', 'updated_at'],
  custom_roles: ['name', 'description', 'permissions', 'created_at', 'updated_at'],
  credentials: [
    'id',
    'kind',
    'name',
    'signals',
    'limits',
    'created_by',
    'created_at',
    'expires_at',
    'revoked_at',
    'rotated_to',
  ],
  audit_events: [
    'id',
    'created_at',
    'actor_type',
    'actor_id',
    'actor_name',
    'ip',
    'user_agent',
    'action',
    'target_type',
    'target_id',
    'outcome',
    'reason',
    'request_id',
    'diff',
  ],
} as const;

export type ExportedTable = keyof typeof COLUMNS;

export const exportStore = {
  /** The tenant's rows that come after `last`, oldest first. */
  rows(
    tx: Executor,
    table: ExportedTable,
    tenantId: string,
    last: ExportRow | undefined,
    limit: number,
  ): Promise<ExportRow[]> {
    const key = table === 'custom_roles' ? 'name' : 'id';
    const query = tx<ExportRow>(table)
      .select(COLUMNS[table] as readonly string[])
      .where({ tenant_id: tenantId })
      .orderBy(['created_at', key])
      .limit(limit);
    if (last) {
      void query.whereRaw('(created_at, ??) > (?, ?)', [
        key,
        last['created_at'] as Date,
        last[key] as string,
      ]);
    }
    return query as unknown as Promise<ExportRow[]>;
  },

  /** Remembers that there is an export, and when it is to go. */
  async remember(tx: Executor, tenantId: string, keepDays: number): Promise<void> {
    const row = { tenant_id: tenantId, erase_at: tx.raw("now() + ? * interval '1 day'", [keepDays]) };
    await tx('tenant_exports').insert(row).onConflict('tenant_id').merge();
  },

  /** Tenants whose export is to go; those which still have rows of their own are not among them. */
  async expired(tx: Executor, limit: number): Promise<string[]> {
    const rows = await tx<{ tenant_id: string }>('tenant_exports')
      .where('erase_at', '<=', tx.fn.now())
      .whereNotExists(tx('tenants').whereRaw('tenants.id = tenant_exports.tenant_id'))
      .limit(limit)
      .select('tenant_id');
    return rows.map(({ tenant_id }) => tenant_id);
  },

  async forget(tx: Executor, tenantId: string): Promise<void> {
    await tx('tenant_exports').where({ tenant_id: tenantId }).delete();
  },
};

export type ExportStore = typeof exportStore;

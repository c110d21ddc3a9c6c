/** Reading the audit log; what writes it is the way of every call (call/actor-calls.ts). */
import type { AuditEvent, AuditFilter, Page, PageQuery } from '@obstack/contracts';
import { afterCommit, type Context, type TenantContext } from '../../call/context.ts';
import type { AuditRow, AuditStore } from './audit-store.ts';

export interface AuditService {
  /** One tenant's. That it exists is not asked: what was done in a tenant outlives it. */
  list(ctx: TenantContext, filter: AuditFilter, page: PageQuery): Promise<Page<AuditEvent>>;
  /** All tenants' and the platform's, or those of the one the filter names. */
  listAll(
    ctx: Context,
    filter: AuditFilter & { tenantId?: string | undefined },
    page: PageQuery,
  ): Promise<Page<AuditEvent>>;
  /** The whole of {@link list}, up to now. Is itself audited. */
  export(ctx: TenantContext, filter: AuditFilter): AsyncIterable<AuditEvent>;
}

const EXPORT_PAGE = 1000;

export function createAuditService(store: AuditStore): AuditService {
  const read = async (
    db: Context['db'],
    filter: Parameters<AuditStore['list']>[1],
    page: PageQuery,
  ): Promise<Page<AuditEvent>> => {
    const { items, next } = await store.list(db, filter, page);
    return { items: items.map(present), next };
  };

  /** Each page in a transaction of its own, so that a slow reader holds no connection. */
  async function* pages(ctx: TenantContext, filter: AuditFilter): AsyncGenerator<AuditEvent> {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = { limit: EXPORT_PAGE, ...(cursor !== undefined && { cursor }) };
      const { items, next } = await ctx.begin((tx) => read(tx, { ...filter, tenantId: ctx.tenantId }, page));
      yield* items;
      cursor = next;
    }
  }

  return {
    list: (ctx, filter, page) => read(ctx.db, { ...filter, tenantId: ctx.tenantId }, page),
    listAll: (ctx, filter, page) => read(ctx.db, filter, page),
    export(ctx, filter) {
      ctx.audited({ target: { type: 'audit-events', id: ctx.tenantId } });
      return afterCommit(() => Promise.resolve(pages(ctx, filter)));
    },
  };
}

function present(row: AuditRow): AuditEvent {
  return {
    id: row.id,
    time: row.created_at.toISOString(),
    tenantId: row.tenant_id,
    actor: {
      type: row.actor_type,
      id: row.actor_id,
      name: row.actor_name,
      ip: row.ip,
      userAgent: row.user_agent,
    },
    action: row.action,
    target: { type: row.target_type, id: row.target_id },
    outcome: row.outcome,
    reason: row.reason,
    requestId: row.request_id,
    diff: row.diff,
  };
}

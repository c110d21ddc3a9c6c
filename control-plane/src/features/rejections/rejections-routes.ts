/** What the proxies refused to take of a tenant, for the tenant to read. */
import { type ListRejections, listRejections, type Page, type Rejection } from '@obstack/contracts';
import { NotFoundError } from '@obstack/service-kit/problem';
import type { EndpointRouter } from '@obstack/service-kit/endpoint';
import type { Context, TenantContext } from '../../call/context.ts';
import type { TenantStore } from '../tenants/tenants-store.ts';
import type { RejectionRow, RejectionStore } from './rejections-store.ts';

export interface RejectionDeps {
  rejections: RejectionStore;
  tenants: TenantStore;
}

export function mountRejections(api: EndpointRouter<'actor', Context>, deps: RejectionDeps): void {
  api.mount(listRejections, (ctx, { params: { tenantId }, query }) =>
    list(deps, { ...ctx, tenantId }, query),
  );
}

async function list(
  { rejections, tenants }: RejectionDeps,
  { db, tenantId }: TenantContext,
  query: ListRejections,
): Promise<Page<Rejection>> {
  if (!(await tenants.find(db, tenantId))) throw new NotFoundError('There is no such tenant.');
  const { items, next } = await rejections.list(db, tenantId, query);
  return { items: items.map(present), next };
}

function present(row: RejectionRow): Rejection {
  return {
    id: row.id,
    keyId: row.key_id,
    signal: row.signal,
    reason: row.reason,
    status: row.status,
    count: Number(row.count),
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    detail: row.detail,
  };
}

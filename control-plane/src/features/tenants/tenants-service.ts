import type { CreateTenant, Page, PageQuery, Tenant } from '@obstack/contracts';
import { ConflictError, NotFoundError } from '@obstack/service-kit/problem';
import type { Context, TenantContext } from '../../call/context.ts';
import type { TenantRow, TenantStore } from './tenants-store.ts';

export interface TenantsService {
  create(ctx: Context, input: CreateTenant): Promise<Tenant>;
  list(ctx: Context, page: PageQuery): Promise<Page<Tenant>>;
  get(ctx: TenantContext): Promise<Tenant>;
}

export function createTenantsService(store: TenantStore): TenantsService {
  return {
    async create(ctx, input) {
      const row = await store.insert(ctx.db, input);
      if (!row) {
        throw new ConflictError('Another tenant has this name.', [
          {
            location: 'body.name',
            message: 'Taken',
            fix: 'Choose another name; letter case makes no difference',
          },
        ]);
      }
      const tenant = present(row);
      ctx.audited({ target: { type: 'tenant', id: tenant.id }, after: tenant });
      return tenant;
    },

    async list(ctx, page) {
      const { items, next } = await store.list(ctx.db, page);
      return { items: items.map(present), next };
    },

    async get(ctx) {
      const row = await store.find(ctx.db, ctx.tenantId);
      if (!row) throw new NotFoundError('There is no such tenant.');
      return present(row);
    },
  };
}

function present(row: TenantRow): Tenant {
  return {
    id: row.id,
    name: row.name,
    plan: row.plan,
    state: row.state,
    features: row.features,
    limits: row.limits,
    namespaces: row.namespaces,
    isActive: row.is_active,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

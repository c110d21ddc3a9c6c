/** Tells whoever asks who they are here, and what follows from it. */
import { Feature, hasFeature, Permission, type WhoAmI } from '@obstack/contracts';
import type { Context } from '../../call/context.ts';
import type { TenantStore } from '../tenants/tenants-store.ts';

export async function whoAsks({ db, actor }: Context, tenants: TenantStore): Promise<WhoAmI> {
  const { type, id, name, tenantId, permissions, roles } = actor;
  const tenant = tenantId === null ? undefined : await tenants.find(db, tenantId);
  return {
    actor: { type, id, name },
    tenantId,
    role: roles.length === 1 ? (roles[0] ?? null) : null,
    permissions: Permission.options.filter((permission) => permissions.has(permission)),
    features: tenant
      ? Feature.options.filter((feature) => hasFeature(tenant.plan, tenant.features, feature))
      : [],
  };
}

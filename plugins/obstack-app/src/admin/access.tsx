/** Who uses the admin pages, for which tenant, and what they may do there. */
import { createContext, useContext } from 'react';
import type { Feature, Permission, Tenant, WhoAmI } from '@obstack/contracts';
import { t } from '../i18n';
import { hasFeature } from '../api/terms';
import { featureName, permissionName, planName } from './names';

export interface Access {
  me: WhoAmI;
  /** Runs the platform, and belongs to no tenant. */
  isOperator: boolean;
  /** Whose pages these are; null while an operator has chosen none. */
  tenantId: string | null;
  /** Undefined while it is read, and where it may not be read. */
  tenant: Tenant | undefined;
  reloadTenant: () => void;
}

const AccessContext = createContext<Access | undefined>(undefined);
export const AccessProvider = AccessContext.Provider;

export function useAccess(): Access {
  const access = useContext(AccessContext);
  if (!access) {
    throw new Error('no AccessProvider above');
  }
  return access;
}

/** For pages of one tenant, which are shown once there is one. */
export function useTenantId(): string {
  const { tenantId } = useAccess();
  if (tenantId === null) {
    throw new Error('no tenant was chosen');
  }
  return tenantId;
}

/** Why somebody may not do something, in a sentence; undefined when they may. */
export function hindrance({ me }: Pick<Access, 'me'>, permission: Permission): string | undefined {
  if (me.permissions.includes(permission)) {
    return undefined;
  }
  const what = permissionName(permission);
  return me.role === null
    ? t('admin.hindrance.none', 'None of your roles includes “{{what}}”.', { what })
    : t('admin.hindrance.role', 'Your role, {{role}}, does not include “{{what}}”.', { role: me.role, what });
}

export function useHindrance(permission: Permission): string | undefined {
  return hindrance(useAccess(), permission);
}

/** Why the tenant goes without a feature; undefined when it has it, or nobody can say. */
export function useMissingFeature(feature: Feature): string | undefined {
  const { isOperator, me, tenant } = useAccess();
  const hasIt = isOperator
    ? !tenant || hasFeature(tenant.plan, tenant.features, feature)
    : me.features.includes(feature);
  if (hasIt) {
    return undefined;
  }
  const name = featureName(feature);
  return tenant
    ? t('admin.hindrance.plan', '“{{name}}” is not part of the {{plan}} plan.', { name, plan: planName(tenant.plan) })
    : t('admin.hindrance.feature', '“{{name}}” is not part of the tenant’s plan.', { name });
}

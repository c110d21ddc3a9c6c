/** The contracts' words, as people read them. */
import type { Feature, Permission, Plan, TenantState } from '@obstack/contracts';
import { t } from '../i18n';

export function permissionName(permission: Permission): string {
  switch (permission) {
    case 'logs:read':
      return t('admin.permission.logs-read', 'Query logs');
    case 'metrics:read':
      return t('admin.permission.metrics-read', 'Query metrics');
    case 'traces:read':
      return t('admin.permission.traces-read', 'Query traces');
    case 'alerts:read':
      return t('admin.permission.alerts-read', 'See alerts and their history');
    case 'alerts:write':
      return t('admin.permission.alerts-write', 'Acknowledge and silence alerts');
    case 'costs:read':
      return t('admin.permission.costs-read', 'See what the tenant costs');
    case 'keys:read':
      return t('admin.permission.keys-read', 'See keys, tokens and what was rejected');
    case 'keys:write':
      return t('admin.permission.keys-write', 'Create, rotate and revoke keys and tokens');
    case 'users:read':
      return t('admin.permission.users-read', 'See users, their roles and sessions');
    case 'users:write':
      return t('admin.permission.users-write', 'Invite, change and remove users');
    case 'roles:write':
      return t('admin.permission.roles-write', 'Create, change and remove custom roles');
    case 'audit:read':
      return t('admin.permission.audit-read', 'Read and export the audit log');
    case 'tenants:read':
      return t('admin.permission.tenants-read', 'See the tenant, its plan, limits and provisioning');
    case 'tenants:write':
      return t('admin.permission.tenants-write', 'Create, change, suspend and remove tenants');
  }
}

export function featureName(feature: Feature): string {
  switch (feature) {
    case 'custom-roles':
      return t('admin.feature.custom-roles', 'Custom roles');
    case 'sso':
      return t('admin.feature.sso', 'Sign-in through Keycloak');
    case 'own-realm':
      return t('admin.feature.own-realm', 'A Keycloak realm of its own');
    case 'audit-export':
      return t('admin.feature.audit-export', 'Export of the audit log');
  }
}

export function planName(plan: Plan): string {
  switch (plan) {
    case 'community':
      return t('admin.plan.community', 'Community');
    case 'saas':
      return t('admin.plan.saas', 'SaaS');
    case 'enterprise':
      return t('admin.plan.enterprise', 'Enterprise');
  }
}

export function tenantStateName(state: TenantState): string {
  switch (state) {
    case 'provisioning':
      return t('admin.tenant-state.provisioning', 'Being set up');
    case 'ready':
      return t('admin.tenant-state.ready', 'Ready');
    case 'suspended':
      return t('admin.tenant-state.suspended', 'Suspended');
    case 'deleting':
      return t('admin.tenant-state.deleting', 'Being removed');
  }
}

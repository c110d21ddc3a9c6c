/**
 * The one table of who may do what. Endpoints name a permission of it, both services enforce it, the API's
 * documentation and the tests read it.
 */
import { z } from 'zod';
import type { Signal } from './entities.ts';

export const PERMISSIONS = {
  'logs:read': 'Query logs',
  'metrics:read': 'Query metrics',
  'traces:read': 'Query traces',
  'alerts:read': 'See alerts and their history',
  'alerts:write': 'Acknowledge and silence alerts',
  'costs:read': 'See what the tenant costs',
  'keys:read': 'See ingestion keys, query tokens and what was rejected',
  'keys:write': 'Create, rotate and revoke ingestion keys and query tokens',
  'users:read': 'See users, their roles and their sessions',
  'users:write': 'Invite, change and remove users and end their sessions',
  'roles:write': 'Create, change and remove custom roles',
  'audit:read': 'Read and export the audit log',
  'tenants:read': 'See the tenant, its plan, limits and provisioning',
  'tenants:write': 'Create, change, suspend and remove tenants, set plans, limits and features',
} as const satisfies Record<`${string}:${'read' | 'write'}`, string>;

export type Permission = keyof typeof PERMISSIONS;
export const Permission = z.enum(Object.keys(PERMISSIONS) as [Permission, ...Permission[]]);

const VIEWER: readonly Permission[] = [
  'logs:read',
  'metrics:read',
  'traces:read',
  'alerts:read',
  'costs:read',
  'tenants:read',
];
const EDITOR: readonly Permission[] = [...VIEWER, 'alerts:write', 'keys:read'];
const ADMIN: readonly Permission[] = [
  ...EDITOR,
  'keys:write',
  'users:read',
  'users:write',
  'roles:write',
  'audit:read',
];

/** Roles that every tenant has and nobody can change. A custom role may not take one of these names. */
export const BUILT_IN_ROLES = { viewer: VIEWER, editor: EDITOR, admin: ADMIN } as const;
export type BuiltInRole = keyof typeof BUILT_IN_ROLES;

/**
 * What people may do who come through Grafana, by their role in the tenant's org. Those without a role there (`None`) may
 * do nothing; being an administrator of Grafana itself adds nothing.
 */
export const GRAFANA_ROLES = {
  Viewer: 'viewer',
  Editor: 'editor',
  Admin: 'admin',
} as const satisfies Record<string, BuiltInRole>;

/** What a tenant may give to its own people: what its admin has. Nobody hands out more than they hold. */
export const TENANT_PERMISSIONS: readonly Permission[] = ADMIN;

/** Operators run the platform: every tenant, every permission. */
export const OPERATOR_PERMISSIONS: readonly Permission[] = Permission.options;

/** What a person needs in order to read a signal, by Grafana or by API. */
export const READ_SIGNAL: Record<Signal, Permission> = {
  logs: 'logs:read',
  metrics: 'metrics:read',
  traces: 'traces:read',
};

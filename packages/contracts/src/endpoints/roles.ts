/** Roles that every tenant has, and those of a tenant's own making. */
import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { Role, RoleName, TenantId } from '../entities.ts';
import { pageOf } from '../pagination.ts';
import { Permission, TENANT_PERMISSIONS } from '../permissions.ts';

const path = '/api/v1/tenants/{tenantId}/roles';
const reads = { tag: 'Roles', caller: 'actor', permission: 'users:read' } as const;
const writes = { tag: 'Roles', caller: 'actor', permission: 'roles:write' } as const;
const tenantParams = z.strictObject({ tenantId: TenantId });
const roleParams = z.strictObject({ tenantId: TenantId, roleName: RoleName });

/** Of those that a tenant has to give; whoever makes the role must hold every one of them. */
const permissions = z
  .array(Permission.extract([...TENANT_PERMISSIONS] as [Permission, ...Permission[]]))
  .max(TENANT_PERMISSIONS.length)
  .refine((names) => new Set(names).size === names.length, 'must not name one twice');
const description = z
  .string()
  .trim()
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line without control characters');

/** Of a tenant's own, so that all of them fit into one answer. */
export const MAX_CUSTOM_ROLES = 100;

export const CreateRole = z.strictObject({
  name: RoleName,
  description: description.default(''),
  permissions: permissions.describe('What those who have the role may do.'),
});
export type CreateRole = z.infer<typeof CreateRole>;

/** What is left out stays as it is. */
export const UpdateRole = z.strictObject({
  description: description.optional(),
  permissions: permissions.optional().describe('In place of all that it had.'),
});
export type UpdateRole = z.infer<typeof UpdateRole>;

export const createRole = defineEndpoint({
  ...writes,
  id: 'createRole',
  method: 'POST',
  path,
  summary: 'Create a custom role',
  feature: 'custom-roles',
  params: tenantParams,
  request: CreateRole,
  response: Role,
  status: 201,
  problems: ['not-found', 'conflict'],
});

export const listRoles = defineEndpoint({
  ...reads,
  id: 'listRoles',
  method: 'GET',
  path,
  summary: 'List the built-in roles, then the tenant’s own; all of them at once',
  params: tenantParams,
  response: pageOf(Role),
  status: 200,
  problems: ['not-found'],
});

export const getRole = defineEndpoint({
  ...reads,
  id: 'getRole',
  method: 'GET',
  path: `${path}/{roleName}`,
  summary: 'Get one role',
  params: roleParams,
  response: Role,
  status: 200,
  etag: true,
  problems: ['not-found'],
});

export const updateRole = defineEndpoint({
  ...writes,
  id: 'updateRole',
  method: 'PATCH',
  path: `${path}/{roleName}`,
  summary: 'Change a custom role; acts within a second on everybody who has it',
  feature: 'custom-roles',
  params: roleParams,
  request: UpdateRole,
  response: Role,
  status: 200,
  etag: true,
  problems: ['not-found', 'conflict'],
});

/** Without the feature too: a tenant that left the plan can tidy up. */
export const deleteRole = defineEndpoint({
  ...writes,
  id: 'deleteRole',
  method: 'DELETE',
  path: `${path}/{roleName}`,
  summary: 'Remove a custom role that nobody has',
  params: roleParams,
  status: 204,
  problems: ['not-found', 'conflict'],
});

import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { DisplayName, Tenant, TenantId } from '../entities.ts';
import { PageQuery, pageOf } from '../pagination.ts';
import { Plan } from '../plans.ts';

export const CreateTenant = z.strictObject({
  /** Unique, letter case aside. */
  name: DisplayName,
  plan: Plan.default('community'),
});
export type CreateTenant = z.infer<typeof CreateTenant>;

export const createTenant = defineEndpoint({
  id: 'createTenant',
  method: 'POST',
  path: '/api/v1/tenants',
  summary: 'Create a tenant',
  tag: 'Tenants',
  caller: 'actor',
  permission: 'tenants:write',
  request: CreateTenant,
  response: Tenant,
  status: 201,
  problems: ['conflict'],
});

export const listTenants = defineEndpoint({
  id: 'listTenants',
  method: 'GET',
  path: '/api/v1/tenants',
  summary: 'List tenants, oldest first',
  tag: 'Tenants',
  caller: 'actor',
  permission: 'tenants:read',
  query: PageQuery,
  response: pageOf(Tenant),
  status: 200,
  problems: [],
});

export const getTenant = defineEndpoint({
  id: 'getTenant',
  method: 'GET',
  path: '/api/v1/tenants/{tenantId}',
  summary: 'Get one tenant',
  tag: 'Tenants',
  caller: 'actor',
  permission: 'tenants:read',
  params: z.strictObject({ tenantId: TenantId }),
  response: Tenant,
  status: 200,
  problems: ['not-found'],
});

import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { CostNamespace, DisplayName, Provisioning, Tenant, TenantId, TenantState } from '../entities.ts';
import { PageQuery, pageOf } from '../pagination.ts';
import { FeatureOverrides, LimitOverrides, Plan } from '../plans.ts';

const MAX_NAMESPACES = 200;

const terms = {
  name: DisplayName.describe('Unique, letter case aside.'),
  plan: Plan,
  features: FeatureOverrides.describe("Over the plan's."),
  limits: LimitOverrides,
  namespaces: z.array(CostNamespace).max(MAX_NAMESPACES).describe('Each belongs to one tenant at most.'),
};

export const CreateTenant = z.strictObject({
  name: terms.name,
  plan: terms.plan.default('community'),
  features: terms.features.default({}),
  limits: terms.limits.default({}),
  namespaces: terms.namespaces.default([]),
});
export type CreateTenant = z.infer<typeof CreateTenant>;

/** What is left out stays; what is given takes the place of all that was there. */
export const UpdateTenant = z.strictObject(terms).partial();
export type UpdateTenant = z.infer<typeof UpdateTenant>;

export const SuspendTenant = z.strictObject({
  reason: DisplayName.describe('For the audit log.'),
});
export type SuspendTenant = z.infer<typeof SuspendTenant>;

export const ListTenants = PageQuery.extend({
  state: TenantState.optional(),
  plan: Plan.optional(),
  name: DisplayName.optional().describe('What the name begins with, letter case aside.'),
});
export type ListTenants = z.infer<typeof ListTenants>;

const tenantPath = '/api/v1/tenants/{tenantId}';
const params = z.strictObject({ tenantId: TenantId });
const reads = { tag: 'Tenants', caller: 'actor', permission: 'tenants:read' } as const;
const writes = { tag: 'Tenants', caller: 'actor', permission: 'tenants:write' } as const;

export const createTenant = defineEndpoint({
  ...writes,
  id: 'createTenant',
  method: 'POST',
  path: '/api/v1/tenants',
  summary: 'Create a tenant; what it needs elsewhere (Grafana, Keycloak, storage) follows by itself',
  request: CreateTenant,
  response: Tenant,
  status: 201,
  problems: ['conflict'],
});

export const listTenants = defineEndpoint({
  ...reads,
  id: 'listTenants',
  method: 'GET',
  path: '/api/v1/tenants',
  summary: 'List tenants, oldest first',
  query: ListTenants,
  response: pageOf(Tenant),
  status: 200,
  problems: [],
});

export const getTenant = defineEndpoint({
  ...reads,
  id: 'getTenant',
  method: 'GET',
  path: tenantPath,
  summary: 'Get one tenant',
  params,
  response: Tenant,
  status: 200,
  etag: true,
  problems: ['not-found'],
});

export const updateTenant = defineEndpoint({
  ...writes,
  id: 'updateTenant',
  method: 'PATCH',
  path: tenantPath,
  summary: 'Change a tenant; limits and features hold on every proxy within a second',
  params,
  request: UpdateTenant,
  response: Tenant,
  status: 200,
  etag: true,
  problems: ['not-found', 'conflict'],
});

export const suspendTenant = defineEndpoint({
  ...writes,
  id: 'suspendTenant',
  method: 'POST',
  path: `${tenantPath}/suspend`,
  summary: 'Stop push, query and sign-in within a second; nothing is removed',
  params,
  request: SuspendTenant,
  response: Tenant,
  status: 200,
  problems: ['not-found', 'conflict'],
});

export const resumeTenant = defineEndpoint({
  ...writes,
  id: 'resumeTenant',
  method: 'POST',
  path: `${tenantPath}/resume`,
  summary: 'End a suspension',
  params,
  response: Tenant,
  status: 200,
  problems: ['not-found', 'conflict'],
});

export const deleteTenant = defineEndpoint({
  ...writes,
  id: 'deleteTenant',
  method: 'DELETE',
  path: tenantPath,
  summary: 'Remove a tenant for good: export its data, then erase it everywhere',
  params,
  query: z.strictObject({
    confirm: z
      .string()
      .min(1)
      .max(255)
      .describe("The tenant's name, to the letter, so that no slip removes the wrong one."),
  }),
  response: Tenant,
  status: 202,
  etag: true,
  problems: ['not-found', 'conflict'],
});

export const getProvisioning = defineEndpoint({
  ...reads,
  id: 'getProvisioning',
  method: 'GET',
  path: `${tenantPath}/provisioning`,
  summary: 'How far the making, or the removal, of what a tenant has elsewhere has come',
  params,
  response: Provisioning,
  status: 200,
  problems: ['not-found'],
});

export const retryProvisioning = defineEndpoint({
  ...writes,
  id: 'retryProvisioning',
  method: 'POST',
  path: `${tenantPath}/provisioning/retry`,
  summary: 'Try what failed again now instead of later',
  params,
  response: Provisioning,
  status: 202,
  problems: ['not-found'],
});

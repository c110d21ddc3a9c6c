/** May this actor make this call? Everything needed to say so stands in the endpoint's declaration. */
import { type Endpoint, type Feature, hasFeature, planWith } from '@obstack/contracts';
import { ForbiddenError, NotFoundError, PlanRequiredError } from '@obstack/service-kit/problem';
import type { Executor } from '../db/connect.ts';
import type { TenantStore } from '../features/tenants/tenants-store.ts';
import { type Actor, hasAccount } from './context.ts';

export type ActorEndpoint = Extract<Endpoint, { caller: 'actor' }>;

/**
 * @param tenantId from the path; null when the endpoint has none
 * @throws NotFoundError for another tenant's: it answers exactly as one that does not exist; ForbiddenError
 */
export function authorise(actor: Actor, endpoint: ActorEndpoint, tenantId: string | null): void {
  if (tenantId !== null && actor.tenantId !== null && actor.tenantId !== tenantId) {
    throw new NotFoundError('There is no such tenant.');
  }
  if (endpoint.permission === 'account' && !hasAccount(actor)) {
    throw new ForbiddenError(
      'This is about an account of Obstack, and whoever comes through Grafana has none.',
    );
  }
  if (endpoint.permission === 'signed-in' || endpoint.permission === 'account') return;
  if (tenantId === null && actor.tenantId !== null) {
    throw new ForbiddenError('This spans tenants, and is for operators only.');
  }
  if (!actor.permissions.has(endpoint.permission)) {
    throw new ForbiddenError(`This needs the permission ${endpoint.permission}.`);
  }
}

/** @throws PlanRequiredError, NotFoundError */
export async function requireFeature(
  tx: Executor,
  tenants: TenantStore,
  feature: Feature,
  tenantId: string,
): Promise<void> {
  const tenant = await tenants.find(tx, tenantId);
  if (!tenant) throw new NotFoundError('There is no such tenant.');
  if (hasFeature(tenant.plan, tenant.features, feature)) return;
  throw new PlanRequiredError(
    `This needs the feature ${feature}, which the plan ${planWith(feature)} has; the tenant is on ${tenant.plan}.`,
  );
}

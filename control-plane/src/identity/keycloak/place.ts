/** Where a tenant's people sign in: a realm of its own, or an Organization within the realm that many share. */
import { type FeatureOverrides, hasFeature, type Plan } from '@obstack/contracts';

/** Of all tenants without a realm of their own: Keycloak slows down with hundreds of realms (docs/decisions). */
export const SHARED_REALM = 'obstack';

export interface Place {
  realm: string;
  isShared: boolean;
}

/** Null for a tenant whose plan has no sign-in through Keycloak. */
export function placeOf(tenant: { id: string; plan: Plan; features: FeatureOverrides }): Place | null {
  const { id, plan, features } = tenant;
  if (!hasFeature(plan, features, 'sso')) return null;
  if (hasFeature(plan, features, 'own-realm')) return { realm: ownRealm(id), isShared: false };
  return { realm: SHARED_REALM, isShared: true };
}

/** The id is immutable, as a realm's name is best. */
export function ownRealm(tenantId: string): string {
  return `tenant-${tenantId}`;
}

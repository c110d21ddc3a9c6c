/**
 * The text that ties a query to one tenant, in each query language.
 * Everything here is built from a checked UUID, so none of it needs escaping in any language.
 */

/** The stream label, series label and resource attribute that every stored record carries. */
export const TENANT_LABEL = 'tenant_id';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Returns `tenantId` when it is a lower-case UUID and throws a TypeError otherwise.
 * A wrong id is a fault of ours, never of the query: federation syntax (`a|b`), dots, upper case and
 * look-alikes in other scripts must not get as far as a matcher.
 */
export function checkedTenantId(tenantId: string): string {
  if (typeof tenantId !== 'string' || !UUID.test(tenantId))
    throw new TypeError('tenant id is not a lower-case UUID');
  return tenantId;
}

/** `tenant_id="…"`, for PromQL and LogQL selectors. */
export function equalityMatcher(tenantId: string): string {
  return `${TENANT_LABEL}="${checkedTenantId(tenantId)}"`;
}

/**
 * `tenant_id=~"…"`, which selects exactly what `equalityMatcher` selects: both languages anchor regular
 * expressions, and a UUID holds no character that is special in one. `absent` and `absent_over_time` copy
 * equality matchers into their answer, but not this.
 */
export function regexMatcher(tenantId: string): string {
  return `${TENANT_LABEL}=~"${checkedTenantId(tenantId)}"`;
}

/** `{tenant_id="…"}`: everything the tenant has, as a PromQL or LogQL selector. */
export function tenantSelector(tenantId: string): string {
  return `{${equalityMatcher(tenantId)}}`;
}

/** `resource.tenant_id="…"`, for TraceQL. Scoped: a bare `.tenant_id` would also look at span attributes, which clients choose. */
export function spanCondition(tenantId: string): string {
  return `resource.${TENANT_LABEL}="${checkedTenantId(tenantId)}"`;
}

/** `{ resource.tenant_id="…" }`: every span the tenant has. */
export function tenantSpanset(tenantId: string): string {
  return `{ ${spanCondition(tenantId)} }`;
}

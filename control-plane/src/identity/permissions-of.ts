/** From roles to permissions. */
import { BUILT_IN_ROLES, type BuiltInRole, type Permission } from '@obstack/contracts';

export function isBuiltIn(role: string): role is BuiltInRole {
  return Object.hasOwn(BUILT_IN_ROLES, role);
}

/**
 * What somebody with these roles may do. A role nobody knows gives nothing.
 * @param custom what the tenant's own roles among them give
 */
export function permissionsOf(roles: readonly string[], custom: readonly Permission[]): Set<Permission> {
  return new Set([...roles.flatMap((role) => (isBuiltIn(role) ? BUILT_IN_ROLES[role] : [])), ...custom]);
}

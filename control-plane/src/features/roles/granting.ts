/** Nobody gives or takes what they do not have: neither in a role they make, nor by a role they hand out. */
import { BUILT_IN_ROLES, type Permission } from '@obstack/contracts';
import { ForbiddenError, InvalidError } from '@obstack/service-kit/problem';
import type { TenantContext } from '../../call/context.ts';
import type { RoleStore } from './roles-store.ts';

/** The roles of one tenant, by name, with what they give. */
export type KnownRoles = ReadonlyMap<string, readonly Permission[]>;

export async function knownRoles({ db, tenantId }: TenantContext, roles: RoleStore): Promise<KnownRoles> {
  const custom = await roles.list(db, tenantId);
  return new Map<string, readonly Permission[]>([
    ...Object.entries(BUILT_IN_ROLES),
    ...custom.map(({ name, permissions }) => [name, permissions] as const),
  ]);
}

/** What these roles give together; one that is not known gives nothing. */
export function givenBy(known: KnownRoles, names: readonly string[]): Set<Permission> {
  return new Set(names.flatMap((name) => known.get(name) ?? []));
}

/**
 * @param location of the names in the request: `body.roles`
 * @throws InvalidError for a name that is no role of this tenant
 */
export function requireKnown(known: KnownRoles, names: readonly string[], location: string): void {
  const errors = names.flatMap((name, index) =>
    known.has(name)
      ? []
      : [
          {
            location: `${location}[${index}]`,
            message: 'No such role',
            fix: `Use some of: ${[...known.keys()].join(', ')}`,
          },
        ],
  );
  if (errors.length) throw new InvalidError('Some of these roles are not there.', errors);
}

/** @throws ForbiddenError naming what is missing */
export function requireHeld({ actor }: TenantContext, permissions: Iterable<Permission>): void {
  const missing = [...permissions].filter((permission) => !actor.permissions.has(permission));
  if (missing.length === 0) return;
  throw new ForbiddenError(`Nobody gives or takes what they do not have: you lack ${missing.join(', ')}.`);
}

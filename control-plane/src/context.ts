/** Who does what, for whom: the first argument of every service function. */
import { ForbiddenError } from '@obstack/service-kit/problem';
import type { Database } from './db/connect.ts';

export type Permission = 'tenants:read' | 'tenants:write' | 'keys:read' | 'keys:write';

export interface Actor {
  type: 'operator';
  id: string;
  permissions: ReadonlySet<Permission>;
}

export interface Context {
  /** The tenant the call is about; null where it is about none in particular. */
  tenantId: string | null;
  actor: Actor;
  db: Database;
}

/** The context of a call within one tenant. */
export type TenantContext = Context & { tenantId: string };

/** The first thing every service function does. */
export function requirePermission(ctx: Context, permission: Permission): void {
  if (!ctx.actor.permissions.has(permission)) {
    throw new ForbiddenError(`This needs the permission ${permission}.`);
  }
}

/** `<type>:<id>`, as it is kept with what the actor made. */
export function actorName({ type, id }: Actor): string {
  return `${type}:${id}`;
}

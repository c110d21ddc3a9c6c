import {
  BUILT_IN_ROLES,
  type BuiltInRole,
  type CreateRole,
  MAX_CUSTOM_ROLES,
  type Page,
  Permission,
  Role,
  type UpdateRole,
} from '@obstack/contracts';
import { ConflictError, NotFoundError } from '@obstack/service-kit/problem';
import type { TenantContext } from '../../call/context.ts';
import { isBuiltIn } from '../../identity/permissions-of.ts';
import type { TenantStore } from '../tenants/tenants-store.ts';
import type { UserStore } from '../users/users-store.ts';
import { requireHeld } from './granting.ts';
import type { RoleRow, RoleStore } from './roles-store.ts';

export interface RolesService {
  create(ctx: TenantContext, input: CreateRole): Promise<Role>;
  list(ctx: TenantContext): Promise<Page<Role>>;
  get(ctx: TenantContext, name: string): Promise<Role>;
  update(ctx: TenantContext, name: string, changes: UpdateRole): Promise<Role>;
  remove(ctx: TenantContext, name: string): Promise<void>;
}

export function createRolesService(deps: {
  roles: RoleStore;
  users: UserStore;
  tenants: TenantStore;
}): RolesService {
  const { roles, users, tenants } = deps;

  /** Holds the tenant, so that no role goes while a user is being given it. */
  async function hold({ db, tenantId }: TenantContext): Promise<void> {
    if (!(await tenants.findForUpdate(db, tenantId))) throw noTenant();
  }

  /** @throws ConflictError for a built-in one */
  async function custom({ db, tenantId }: TenantContext, name: string): Promise<RoleRow> {
    if (isBuiltIn(name)) throw new ConflictError('Built-in roles are the same for everybody; make your own.');
    const row = await roles.find(db, tenantId, name);
    if (!row) throw noRole();
    return row;
  }

  return {
    async create(ctx, input) {
      await hold(ctx);
      requireHeld(ctx, input.permissions);
      if ((await roles.list(ctx.db, ctx.tenantId)).length >= MAX_CUSTOM_ROLES) {
        throw new ConflictError(
          `A tenant has at most ${MAX_CUSTOM_ROLES} roles of its own; remove one first.`,
        );
      }
      const row = isBuiltIn(input.name)
        ? undefined
        : await roles.insert(ctx.db, {
            ...input,
            permissions: inOrder(input.permissions),
            tenant_id: ctx.tenantId,
          });
      if (!row) {
        throw new ConflictError('There is a role of this name already.', [
          { location: 'body.name', message: 'Taken', fix: 'Choose another name, or change that role' },
        ]);
      }
      const role = present(row);
      ctx.audited({ target: { type: 'role', id: role.name }, after: role });
      return role;
    },

    async list({ db, tenantId }) {
      if (!(await tenants.find(db, tenantId))) throw noTenant();
      const own = await roles.list(db, tenantId);
      return { items: [...BUILT_IN, ...own.map(present)], next: null };
    },

    async get({ db, tenantId }, name) {
      if (!(await tenants.find(db, tenantId))) throw noTenant();
      const role = BUILT_IN.find((item) => item.name === name);
      if (role) return role;
      const row = await roles.find(db, tenantId, name);
      if (!row) throw noRole();
      return present(row);
    },

    async update(ctx, name, { permissions, description }) {
      await hold(ctx);
      const row = await custom(ctx, name);
      const before = present(row);
      ctx.requireMatch(Role, before);
      requireHeld(ctx, difference(row.permissions, permissions ?? row.permissions));
      const after = present(
        await roles.update(ctx.db, row, {
          ...(permissions && { permissions: inOrder(permissions) }),
          ...(description !== undefined && { description }),
        }),
      );
      ctx.audited({ target: { type: 'role', id: name }, before, after });
      return after;
    },

    async remove(ctx, name) {
      await hold(ctx);
      const row = await custom(ctx, name);
      const holders = await users.countWithRole(ctx.db, ctx.tenantId, name);
      if (holders > 0)
        throw new ConflictError(`${holders} user(s) have this role; give them another one first.`);
      await roles.remove(ctx.db, row);
      ctx.audited({ target: { type: 'role', id: name }, before: present(row) });
    },
  };
}

const DESCRIPTIONS: Record<BuiltInRole, string> = {
  viewer: 'Reads telemetry, alerts and costs',
  editor: 'Works with alerts, too, and sees the keys',
  admin: 'Manages keys, people and roles, and reads the audit log',
};

const BUILT_IN: readonly Role[] = (Object.keys(BUILT_IN_ROLES) as BuiltInRole[]).map((name) => ({
  name,
  description: DESCRIPTIONS[name],
  permissions: [...BUILT_IN_ROLES[name]],
  builtIn: true,
  createdAt: null,
  updatedAt: null,
}));

/** What is in one of them only: what a change gives or takes. */
function difference(before: readonly Permission[], after: readonly Permission[]): Permission[] {
  return Permission.options.filter((name) => before.includes(name) !== after.includes(name));
}

const inOrder = (permissions: readonly Permission[]) =>
  Permission.options.filter((permission) => permissions.includes(permission));

function present(row: RoleRow): Role {
  return {
    name: row.name,
    description: row.description,
    permissions: inOrder(row.permissions),
    builtIn: false,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

const noTenant = () => new NotFoundError('There is no such tenant.');
const noRole = () => new NotFoundError('There is no such role.');

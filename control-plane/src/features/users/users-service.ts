/** The people of a tenant: created, given roles, deactivated, removed. */
import {
  type CreateUser,
  type Page,
  type PageQuery,
  Permission,
  type Session,
  type SetPasswordToken,
  type UpdateUser,
  User,
} from '@obstack/contracts';
import { ConflictError, NotFoundError } from '@obstack/service-kit/problem';
import { sha256Hex } from '@obstack/service-kit/secrets';
import type { TenantContext } from '../../call/context.ts';
import { randomBase62 } from '../../identity/mint-credential.ts';
import { requireGoodPassword } from '../../identity/password-policy.ts';
import { hashPassword } from '../../identity/password.ts';
import { givenBy, knownRoles, requireHeld, requireKnown } from '../roles/granting.ts';
import type { RoleStore } from '../roles/roles-store.ts';
import { presentSession } from '../sessions/sessions-service.ts';
import type { SessionStore } from '../sessions/sessions-store.ts';
import type { TenantStore } from '../tenants/tenants-store.ts';
import type { UserRow, UserStore } from './users-store.ts';

/** How long somebody has to set their password. */
const TOKEN_SECONDS = 3 * 24 * 3600;
const TOKEN_LENGTH = 43;

export interface UsersService {
  create(
    ctx: TenantContext,
    input: CreateUser,
  ): Promise<{ user: User; setPassword: SetPasswordToken | null }>;
  list(ctx: TenantContext, page: PageQuery): Promise<Page<User>>;
  get(ctx: TenantContext, userId: string): Promise<User>;
  update(ctx: TenantContext, userId: string, changes: UpdateUser): Promise<User>;
  remove(ctx: TenantContext, userId: string): Promise<void>;
  createSetPasswordToken(ctx: TenantContext, userId: string): Promise<SetPasswordToken>;
  listSessions(ctx: TenantContext, userId: string, page: PageQuery): Promise<Page<Session>>;
  endSession(ctx: TenantContext, userId: string, sessionId: string): Promise<void>;
  endSessions(ctx: TenantContext, userId: string): Promise<void>;
}

export interface UsersDeps {
  users: UserStore;
  roles: RoleStore;
  tenants: TenantStore;
  sessions: SessionStore;
}

export function createUsersService(deps: UsersDeps): UsersService {
  const { users, roles, tenants, sessions } = deps;

  /** Holds the tenant: who its admins are, and which roles it has, stays as it is until this call is over. */
  async function hold({ db, tenantId }: TenantContext): Promise<void> {
    if (!(await tenants.findForUpdate(db, tenantId))) throw noTenant();
  }

  async function found({ db, tenantId }: TenantContext, userId: string): Promise<UserRow> {
    const row = await users.find(db, tenantId, userId);
    if (!row) throw new NotFoundError('There is no such user.');
    return row;
  }

  /** All that the user may do, or would if they were active. */
  async function permissionsOf(ctx: TenantContext, user: UserRow): Promise<Set<Permission>> {
    return givenBy(await knownRoles(ctx, roles), user.roles);
  }

  /** @throws ConflictError */
  async function requireAnotherAdmin({ db, tenantId }: TenantContext, user: UserRow): Promise<void> {
    if (!isAdmin(user) || (await users.existsWithRole(db, tenantId, 'admin', user.id))) return;
    throw new ConflictError('This is the last admin of the tenant; make another one first.');
  }

  async function issueToken({ db }: TenantContext, user: UserRow): Promise<SetPasswordToken> {
    const token = randomBase62(TOKEN_LENGTH);
    const expiresAt = await users.putSetPasswordToken(db, user, sha256Hex(token), TOKEN_SECONDS);
    return { token, expiresAt: expiresAt.toISOString() };
  }

  return {
    async create(ctx, { email, password, ...input }) {
      const tenant = await tenants.find(ctx.db, ctx.tenantId);
      if (!tenant) throw noTenant();
      if (password !== undefined) requireGoodPassword(password, [email, tenant.name], 'body.password');
      // Takes its time, which nobody else should have to wait for.
      const hash = password === undefined ? null : await hashPassword(password);
      await hold(ctx);
      const names = [...new Set(input.roles)];
      const known = await knownRoles(ctx, roles);
      requireKnown(known, names, 'body.roles');
      requireHeld(ctx, givenBy(known, names));
      const row = await users.insert(ctx.db, {
        tenant_id: ctx.tenantId,
        email,
        roles: names,
        hashed_password: hash,
      });
      if (!row) {
        throw new ConflictError('There is a user with this e-mail address already.', [
          { location: 'body.email', message: 'Taken', fix: 'Use another address, or change that user' },
        ]);
      }
      const user = present(row);
      ctx.audited({ target: { type: 'user', id: user.id }, after: user });
      return { user, setPassword: password === undefined ? await issueToken(ctx, row) : null };
    },

    async list(ctx, page) {
      if (!(await tenants.find(ctx.db, ctx.tenantId))) throw noTenant();
      const { items, next } = await users.list(ctx.db, ctx.tenantId, page);
      return { items: items.map(present), next };
    },

    async get(ctx, userId) {
      return present(await found(ctx, userId));
    },

    async update(ctx, userId, { roles: names, isActive }) {
      await hold(ctx);
      const row = await found(ctx, userId);
      const before = present(row);
      ctx.requireMatch(User, before);
      const wanted = {
        ...row,
        roles: names ? [...new Set(names)] : row.roles,
        is_active: isActive ?? row.is_active,
      };
      const known = await knownRoles(ctx, roles);
      if (names) requireKnown(known, wanted.roles, 'body.roles');
      const [had, gets] = [givenBy(known, row.roles), givenBy(known, wanted.roles)];
      requireHeld(ctx, difference(had, gets));
      // What was asleep in somebody who was not active comes awake, and the reverse.
      if (row.is_active !== wanted.is_active) requireHeld(ctx, gets);
      if (!isAdmin(wanted)) await requireAnotherAdmin(ctx, row);
      const { roles: rolesAfter, is_active } = wanted;
      const after = present(await users.update(ctx.db, row.id, { roles: rolesAfter, is_active }));
      // Otherwise they would be back when the user is.
      if (!is_active) await sessions.endAll(ctx.db, { user_id: row.id });
      ctx.audited({ before, after });
      return after;
    },

    async remove(ctx, userId) {
      await hold(ctx);
      const row = await found(ctx, userId);
      requireHeld(ctx, await permissionsOf(ctx, row));
      await requireAnotherAdmin(ctx, row);
      await users.remove(ctx.db, row.id);
      ctx.audited({ before: present(row) });
    },

    async createSetPasswordToken(ctx, userId) {
      const row = await found(ctx, userId);
      // Whoever has the token can be that user.
      requireHeld(ctx, await permissionsOf(ctx, row));
      ctx.audited({ target: { type: 'user', id: row.id } });
      return issueToken(ctx, row);
    },

    async listSessions(ctx, userId, page) {
      const user = await found(ctx, userId);
      const { items, next } = await sessions.list(ctx.db, { user_id: user.id }, page);
      return { items: items.map((row) => presentSession(row, ctx.actor)), next };
    },

    async endSession(ctx, userId, sessionId) {
      const user = await found(ctx, userId);
      if (!(await sessions.end(ctx.db, { user_id: user.id }, sessionId))) {
        throw new NotFoundError('There is no such session.');
      }
    },

    async endSessions(ctx, userId) {
      const user = await found(ctx, userId);
      await sessions.endAll(ctx.db, { user_id: user.id });
    },
  };
}

const isAdmin = ({ roles, is_active }: Pick<UserRow, 'roles' | 'is_active'>) =>
  is_active && roles.includes('admin');

/** What is in one of them only. */
function difference(before: ReadonlySet<Permission>, after: ReadonlySet<Permission>): Permission[] {
  return Permission.options.filter((name) => before.has(name) !== after.has(name));
}

/** A user as the API shows it. */
export function present(row: UserRow): User {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    email: row.email,
    roles: row.roles,
    isActive: row.is_active,
    hasPassword: row.hashed_password !== null,
    keycloakUserId: row.keycloak_user_id,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

const noTenant = () => new NotFoundError('There is no such tenant.');

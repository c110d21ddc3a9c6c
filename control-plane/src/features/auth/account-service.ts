/** What somebody who is signed in asks and changes about themselves. */
import { type ChangePassword, type Me, Permission } from '@obstack/contracts';
import { InvalidError, NotFoundError } from '@obstack/service-kit/problem';
import { type AccountContext, afterCommit } from '../../call/context.ts';
import { requireGoodPassword } from '../../identity/password-policy.ts';
import { hashPassword, verifyPassword } from '../../identity/password.ts';
import type { OperatorStore } from '../operator/operator-store.ts';
import { ownerOf } from '../sessions/sign-in.ts';
import type { SessionStore } from '../sessions/sessions-store.ts';
import { present as presentTenant } from '../tenants/tenants-service.ts';
import type { TenantStore } from '../tenants/tenants-store.ts';
import type { UserStore } from '../users/users-store.ts';
import type { Attempts } from './attempts.ts';

export interface AccountService {
  me(ctx: AccountContext): Promise<Me>;
  changePassword(ctx: AccountContext, input: ChangePassword): Promise<void>;
}

export interface AccountDeps {
  users: UserStore;
  operators: OperatorStore;
  tenants: TenantStore;
  sessions: SessionStore;
  attempts: Attempts;
}

export function createAccountService(deps: AccountDeps): AccountService {
  const { users, operators, tenants, sessions, attempts } = deps;

  async function hashOf({ db, actor }: AccountContext): Promise<string | null> {
    if (actor.tenantId === null) return operators.passwordHash(db, actor.id);
    return (await users.find(db, actor.tenantId, actor.id))?.hashed_password ?? null;
  }

  return {
    async me({ db, actor }) {
      const { tenantId } = actor;
      const tenant = tenantId === null ? undefined : await tenants.find(db, tenantId);
      const user = tenantId === null ? undefined : await users.find(db, tenantId, actor.id);
      // Gone between the look at the token and this one.
      if (tenantId !== null && !user) throw new NotFoundError('There is no such user any more.');
      return {
        type: actor.type,
        id: actor.id,
        email: actor.name,
        tenant: tenant ? presentTenant(tenant) : null,
        roles: user?.roles ?? [],
        permissions: Permission.options.filter((permission) => actor.permissions.has(permission)),
        sessionId: actor.sessionId,
      };
    },

    async changePassword(ctx, { currentPassword, newPassword }) {
      const { db, actor, origin } = ctx;
      const target = { type: actor.type, id: actor.id };
      const hash = await hashOf(ctx);
      await attempts.begin(db, actor.name, origin.ip);
      if (hash === null || !(await verifyPassword(currentPassword, hash))) {
        // Thrown once the failure has been counted and put on record for good.
        ctx.audited({ target, outcome: 'failure', reason: 'wrong current password' });
        return afterCommit(() => Promise.reject(wrongPassword()));
      }
      const tenant = actor.tenantId === null ? undefined : await tenants.find(db, actor.tenantId);
      requireGoodPassword(newPassword, [actor.name, ...(tenant ? [tenant.name] : [])], 'body.newPassword');
      const newHash = await hashPassword(newPassword);
      if (actor.type === 'user') await users.setPasswordHash(db, actor.id, newHash);
      else await operators.setPasswordHash(db, actor.id, newHash);
      await sessions.endAll(db, ownerOf(actor), actor.sessionId);
      await attempts.succeeded(db, actor.name, origin.ip);
      ctx.audited({ target });
    },
  };
}

function wrongPassword(): InvalidError {
  return new InvalidError('The current password is wrong.', [
    { location: 'body.currentPassword', message: 'Wrong', fix: 'Send the password you sign in with' },
  ]);
}

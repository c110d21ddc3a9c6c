/** Lets a stranger open a tenant, where the configuration says that strangers may. */
import { register, type Tenant, type User, type UserRegistration } from '@obstack/contracts';
import type { Call } from '@obstack/service-kit/endpoint';
import { ConflictError, ForbiddenError, InvalidError } from '@obstack/service-kit/problem';
import type { AuthMethod } from '../../config.ts';
import type { Database } from '../../db/connect.ts';
import { requireGoodPassword } from '../../identity/password-policy.ts';
import { hashPassword } from '../../identity/password.ts';
import type { ProvisioningService } from '../../provisioning/provisioning.ts';
import type { RecordCall } from '../audit/record-call.ts';
import { makeTenant } from '../tenants/tenants-service.ts';
import type { TenantStore } from '../tenants/tenants-store.ts';
import { present } from '../users/users-service.ts';
import type { UserStore } from '../users/users-store.ts';
import type { Attempts } from './attempts.ts';

export type Register = (call: Call, input: UserRegistration) => Promise<{ user: User; tenant: Tenant }>;

export interface RegisterDeps {
  db: Database;
  users: UserStore;
  tenants: TenantStore;
  provisioning: ProvisioningService;
  attempts: Attempts;
  record: RecordCall;
  authMethod: AuthMethod;
  isOpen: boolean;
}

export function createRegister(deps: RegisterDeps): Register {
  const { db, users, tenants, provisioning, attempts, record } = deps;
  return async (call, { email, password, tenant_name }) => {
    if (deps.authMethod !== 'local') throw new ForbiddenError('People are registered with Keycloak here.');
    if (!deps.isOpen) {
      throw new ForbiddenError('Registration is closed here; ask the operator for an account.');
    }
    // Counted and never taken back: each one makes a tenant.
    await db.begin('platform', (tx) => attempts.begin(tx, null, call.ip));
    requireGoodPassword(password, [email, tenant_name], 'body.password');
    const hash = await hashPassword(password);
    return db.begin('platform', async (tx) => {
      const tenant = await makeTenant(tx, { tenants, provisioning }, { name: tenant_name }).catch(taken);
      const row = await users.insert(tx, {
        tenant_id: tenant.id,
        email,
        roles: ['admin'],
        hashed_password: hash,
      });
      if (!row) throw unusable('email');
      const user = present(row);
      await record(tx, register, call, {
        outcome: 'success',
        actor: { type: 'user', id: user.id, name: user.email },
        tenantId: tenant.id,
        details: { target: { type: 'tenant', id: tenant.id }, after: tenant },
      });
      return { user, tenant };
    });
  };
}

function taken(error: unknown): never {
  throw error instanceof ConflictError ? unusable('tenant_name') : error;
}

/** 400, as the seed has it. */
function unusable(field: 'email' | 'tenant_name'): InvalidError {
  const what = field === 'email' ? 'e-mail address' : 'tenant name';
  return new InvalidError(`This ${what} is taken.`, [
    { location: `body.${field}`, message: 'Taken', fix: `Use another ${what}, or sign in` },
  ]);
}

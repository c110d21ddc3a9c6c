import type { FeatureOverrides, Plan, TenantState } from '@obstack/contracts';
import type { TrustedIssuer } from '@obstack/contracts/internal';
import type { Knex } from 'knex';
import type { Executor } from '../../db/connect.ts';

export type Jwks = TrustedIssuer['jwks'];

export interface RealmRow {
  realm: string;
  /** Whose own it is; null for the shared one. */
  tenant_id: string | null;
  issuer: string;
  jwks: Jwks;
}

/** A tenant, as far as signing in through Keycloak goes. */
export interface LinkedTenant {
  id: string;
  name: string;
  plan: Plan;
  features: FeatureOverrides;
  state: TenantState;
  keycloak_realm_id: string | null;
  keycloak_organization_id: string | null;
}

export interface Unlinked {
  id: string;
  email: string;
  roles: string[];
  hashed_password: string | null;
}

export interface UserChange {
  keycloak_user_id: string;
  change: 'password' | 'removed';
  noted_at: Date;
  /** Of a user who is still there. */
  hashed_password: string | null;
}

const IS_LINKED = '(tenants.keycloak_realm_id IS NOT NULL OR tenants.keycloak_organization_id IS NOT NULL)';

const HAS_NEWS = `(
  EXISTS (
    SELECT FROM users
    WHERE users.tenant_id = tenants.id AND users.keycloak_user_id IS NULL AND users.is_active
  ) OR EXISTS (
    SELECT FROM keycloak_user_changes WHERE keycloak_user_changes.tenant_id = tenants.id
  )
)`;

const TENANT = [
  'tenants.id',
  'tenants.name',
  'tenants.plan',
  'tenants.features',
  'tenants.state',
  'tenants.keycloak_realm_id',
  'tenants.keycloak_organization_id',
];

export const keycloakStore = {
  /** @param tx in the scope of the realm's tenant; in the platform's for the shared realm */
  async putRealm(tx: Executor, { realm, tenant_id, issuer, jwks }: RealmRow): Promise<void> {
    await tx('keycloak_realms')
      .insert({ realm, tenant_id, issuer, jwks: JSON.stringify(jwks) })
      .onConflict('realm')
      .merge(['issuer', 'jwks']);
  },

  async removeRealm(tx: Executor, realm: string): Promise<void> {
    await tx('keycloak_realms').where({ realm }).delete();
  },

  realmByIssuer(tx: Executor, issuer: string): Promise<RealmRow | undefined> {
    return tx<RealmRow>('keycloak_realms').where({ issuer }).first();
  },

  realm(tx: Executor, realm: string): Promise<RealmRow | undefined> {
    return tx<RealmRow>('keycloak_realms').where({ realm }).first();
  },

  async setJwks(tx: Executor, realm: string, jwks: Jwks): Promise<void> {
    await tx('keycloak_realms')
      .where({ realm })
      .update({ jwks: JSON.stringify(jwks) });
  },

  async linkTenant(
    tx: Executor,
    id: string,
    link: Partial<Pick<LinkedTenant, 'keycloak_realm_id' | 'keycloak_organization_id'>>,
  ): Promise<void> {
    // Only where it changes something: every change makes proxies forget the tenant.
    await tx('tenants')
      .where({ id })
      .andWhere((changed) => {
        for (const [column, value] of Object.entries(link))
          void changed.orWhereRaw('?? IS DISTINCT FROM ?', [column, value]);
      })
      .update(link);
  },

  tenant(tx: Executor, id: string): Promise<LinkedTenant | undefined> {
    return tenants(tx).where('tenants.id', id).first();
  },

  /** @param name in any letter case */
  tenantByName(tx: Executor, name: string): Promise<LinkedTenant | undefined> {
    return tenants(tx).whereRaw('lower(tenants.name) = lower(?)', [name]).first();
  },

  /** Ids of tenants that have people in Keycloak. */
  async linkedTenants(tx: Executor): Promise<string[]> {
    const rows = await tenants(tx).whereRaw(IS_LINKED).where('tenants.is_active', true).orderBy('tenants.id');
    return rows.map(({ id }) => id);
  },

  /** Ids of tenants about whose people Keycloak has something to learn. */
  async tenantsWithNews(tx: Executor): Promise<string[]> {
    const rows = await tenants(tx).whereRaw(IS_LINKED).where('tenants.is_active', true).whereRaw(HAS_NEWS);
    return rows.map(({ id }) => id);
  },

  async unlinkedUsers(tx: Executor, tenantId: string): Promise<Unlinked[]> {
    return await tx('users')
      .where({ tenant_id: tenantId, is_active: true })
      .whereNull('keycloak_user_id')
      .orderBy('created_at')
      .select<Unlinked[]>('id', 'email', 'roles', 'hashed_password');
  },

  async linkUser(tx: Executor, id: string, keycloakUserId: string): Promise<void> {
    await tx('users').where({ id }).update({ keycloak_user_id: keycloakUserId });
  },

  /** The whole tenant's: they are to be looked for anew. */
  async unlinkUsers(tx: Executor, tenantId: string): Promise<void> {
    await tx('users')
      .where({ tenant_id: tenantId })
      .whereNotNull('keycloak_user_id')
      .update({ keycloak_user_id: null });
  },

  async userChanges(tx: Executor, tenantId: string): Promise<UserChange[]> {
    return await tx('keycloak_user_changes')
      .leftJoin('users', 'users.keycloak_user_id', 'keycloak_user_changes.keycloak_user_id')
      .where('keycloak_user_changes.tenant_id', tenantId)
      .select<UserChange[]>(
        'keycloak_user_changes.keycloak_user_id',
        'keycloak_user_changes.change',
        'keycloak_user_changes.noted_at',
        'users.hashed_password',
      );
  },

  /** Unless it has come again since it was read. */
  async userChangeDone(
    tx: Executor,
    { keycloak_user_id, change, noted_at }: Pick<UserChange, 'keycloak_user_id' | 'change' | 'noted_at'>,
  ): Promise<void> {
    await tx('keycloak_user_changes').where({ keycloak_user_id, change, noted_at }).delete();
  },

  /** @param tx sees all tenants */
  async wasRemoved(tx: Executor, keycloakUserId: string): Promise<boolean> {
    const row: unknown = await tx('keycloak_user_changes')
      .where({ keycloak_user_id: keycloakUserId, change: 'removed' })
      .first('change');
    return row !== undefined;
  },

  /** @param tx sees all tenants */
  async userWithTenant(
    tx: Executor,
    keycloakUserId: string,
  ): Promise<(LinkedTenant & { user_id: string }) | undefined> {
    const row: unknown = await tenants(tx)
      .join('users', 'users.tenant_id', 'tenants.id')
      .where('users.keycloak_user_id', keycloakUserId)
      .select('users.id as user_id')
      .first();
    return row as (LinkedTenant & { user_id: string }) | undefined;
  },

  /** @param email in lower case */
  async userByEmail(
    tx: Executor,
    tenantId: string,
    email: string,
  ): Promise<{ id: string; keycloak_user_id: string | null } | undefined> {
    return await tx<{ id: string; keycloak_user_id: string | null; tenant_id: string; email: string }>(
      'users',
    )
      .where({ tenant_id: tenantId, email })
      .first('id', 'keycloak_user_id');
  },

  /** @returns the id; undefined when the address is taken, in whichever tenant */
  async insertUser(
    tx: Executor,
    user: { tenant_id: string; email: string; roles: string[]; keycloak_user_id: string },
  ): Promise<string | undefined> {
    const rows = await tx('users').insert(user).onConflict().ignore().returning<{ id: string }[]>('id');
    return rows[0]?.id;
  },

  async putSession(
    tx: Executor,
    session: { session_id: string; tenant_id: string; realm: string; sid: string },
  ): Promise<void> {
    await tx('keycloak_sessions').insert(session);
  },

  session(tx: Executor, sessionId: string): Promise<{ realm: string; sid: string } | undefined> {
    return tx<{ session_id: string; realm: string; sid: string }>('keycloak_sessions')
      .where({ session_id: sessionId })
      .first('realm', 'sid');
  },
};

export type KeycloakStore = typeof keycloakStore;

function tenants(tx: Executor): Knex.QueryBuilder<LinkedTenant, LinkedTenant[]> {
  return tx('tenants').select(...TENANT) as Knex.QueryBuilder<LinkedTenant, LinkedTenant[]>;
}

import type { FeatureOverrides, Permission, Plan, TenantState } from '@obstack/contracts';
import type { Knex } from 'knex';
import type { Executor } from '../db/connect.ts';

/** Somebody who may sign in, as far as that matters for what they may do. */
export interface PersonRow {
  id: string;
  email: string;
  password_hash: string | null;
  /** Null for an operator. */
  tenant: { id: string; name: string; state: TenantState; plan: Plan; features: FeatureOverrides } | null;
  roles: string[];
  is_active: boolean;
  /** What the custom ones among the roles give. */
  custom_permissions: Permission[];
}

/** People of all tenants: a `tx` has the platform as its scope. */
export const peopleStore = {
  user(tx: Executor, id: string): Promise<PersonRow | undefined> {
    return users(tx).where('users.id', id).first<PersonRow | undefined>();
  },

  operator(tx: Executor, id: string): Promise<PersonRow | undefined> {
    return operators(tx).where('operators.id', id).first<PersonRow | undefined>();
  },

  /** @param email in lower case */
  async byEmail(tx: Executor, email: string): Promise<PersonRow | undefined> {
    const operator = await operators(tx)
      .whereRaw('lower(operators.email) = ?', [email])
      .first<PersonRow | undefined>();
    return operator ?? (await users(tx).where('users.email', email).first<PersonRow | undefined>());
  },
};

export type PeopleStore = typeof peopleStore;

function users(tx: Executor): Knex.QueryBuilder {
  return tx('users')
    .join('tenants', 'tenants.id', 'users.tenant_id')
    .select(
      'users.id',
      'users.email',
      'users.hashed_password as password_hash',
      'users.roles',
      'users.is_active',
      tx.raw(`
        jsonb_build_object('id', tenants.id, 'name', tenants.name, 'state', tenants.state,
          'plan', tenants.plan, 'features', tenants.features) AS tenant,
        ARRAY(
          SELECT DISTINCT unnest(permissions) FROM custom_roles
          WHERE custom_roles.tenant_id = users.tenant_id AND custom_roles.name = ANY (users.roles)
        ) AS custom_permissions
      `),
    );
}

function operators(tx: Executor): Knex.QueryBuilder {
  return tx('operators').select(
    'operators.id',
    'operators.email',
    'operators.password_hash',
    tx.raw(`
      NULL::jsonb AS tenant, TRUE AS is_active, '{}'::text[] AS roles, '{}'::text[] AS custom_permissions
    `),
  );
}

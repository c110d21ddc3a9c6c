import {
  type CostNamespace,
  type CreateTenant,
  type FeatureOverrides,
  type LimitOverrides,
  type ListTenants,
  type Page,
  type Plan,
  TenantId,
  type TenantState,
} from '@obstack/contracts';
import type { Executor } from '../../db/connect.ts';
import { isUniqueViolation } from '../../db/errors.ts';
import { readPage } from '../../db/pages.ts';

export interface TenantRow {
  id: string;
  name: string;
  plan: Plan;
  state: TenantState;
  features: FeatureOverrides;
  limits: LimitOverrides;
  namespaces: CostNamespace[];
  is_active: boolean;
  created_at: Date;
  updated_at: Date;
}

export type NewTenant = Pick<CreateTenant, 'name'> & Partial<Omit<CreateTenant, 'namespaces'>>;
export type TenantChanges = {
  [K in 'name' | 'plan' | 'features' | 'limits' | 'state']?: TenantRow[K] | undefined;
};

const NAMESPACES = `COALESCE((
    SELECT jsonb_agg(jsonb_build_object('cluster', cluster, 'namespace', namespace) ORDER BY cluster, namespace)
    FROM tenant_namespaces WHERE tenant_id = tenants.id
  ), '[]') AS namespaces`;

const tenants = (db: Executor) => db<TenantRow>('tenants').select('tenants.*', db.raw(NAMESPACES));

export const tenantStore = {
  /** Its id; undefined when the name is taken. */
  async insert(db: Executor, tenant: NewTenant): Promise<string | undefined> {
    const rows = await db<TenantRow>('tenants').insert(tenant).onConflict().ignore().returning('id');
    return rows[0]?.id;
  },

  list(db: Executor, { state, plan, name, ...page }: ListTenants): Promise<Page<TenantRow>> {
    const query = tenants(db);
    if (state !== undefined) void query.where({ state });
    if (plan !== undefined) void query.where({ plan });
    if (name !== undefined) void query.whereRaw('lower(name) LIKE lower(?)', [`${escapeLike(name)}%`]);
    return readPage(query, TenantId, page);
  },

  find(db: Executor, id: string): Promise<TenantRow | undefined> {
    return tenants(db).where({ id }).first() as Promise<TenantRow | undefined>;
  },

  /** Finds and holds the row until the transaction is over. */
  findForUpdate(tx: Executor, id: string): Promise<TenantRow | undefined> {
    return tenants(tx).where({ id }).forUpdate().first() as Promise<TenantRow | undefined>;
  },

  /** False when the name is taken; the transaction is of no more use then. */
  async update(tx: Executor, id: string, changes: TenantChanges): Promise<boolean> {
    try {
      await tx('tenants')
        .where({ id })
        .update({ ...changes, updated_at: tx.fn.now() });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  },

  /** Gives the tenant these, and no others. @returns those that belong to another tenant */
  async setNamespaces(
    tx: Executor,
    tenantId: string,
    wanted: readonly CostNamespace[],
  ): Promise<CostNamespace[]> {
    await tx('tenant_namespaces').where({ tenant_id: tenantId }).delete();
    if (wanted.length === 0) return [];
    const given = await tx<CostNamespace & { tenant_id: string }>('tenant_namespaces')
      .insert(wanted.map(({ cluster, namespace }) => ({ cluster, namespace, tenant_id: tenantId })))
      .onConflict(['cluster', 'namespace'])
      .ignore()
      .returning(['cluster', 'namespace']);
    const got = new Set(given.map(keyOf));
    return wanted.filter((namespace) => !got.has(keyOf(namespace)));
  },

  /** With everything of it in our database but the audit log. May take a while for a tenant with many keys. */
  async erase(tx: Executor, id: string): Promise<void> {
    await tx.raw("SET LOCAL statement_timeout = '10min'");
    await tx('tenants').where({ id }).delete();
  },
};

export type TenantStore = typeof tenantStore;

const keyOf = ({ cluster, namespace }: CostNamespace) => JSON.stringify([cluster, namespace]);

const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&');

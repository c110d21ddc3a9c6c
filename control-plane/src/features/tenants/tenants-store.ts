import {
  type CostNamespace,
  type CreateTenant,
  type FeatureOverrides,
  type LimitOverrides,
  type Page,
  type PageQuery,
  type Plan,
  TenantId,
  type TenantState,
} from '@obstack/contracts';
import type { Executor } from '../../db/connect.ts';
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

export const tenantStore = {
  /** Undefined when the name is taken. */
  async insert(db: Executor, { name, plan }: CreateTenant): Promise<TenantRow | undefined> {
    const rows = await db<TenantRow>('tenants').insert({ name, plan }).onConflict().ignore().returning('*');
    return rows[0];
  },

  list(db: Executor, page: PageQuery): Promise<Page<TenantRow>> {
    return readPage(db('tenants'), TenantId, page);
  },

  find(db: Executor, id: string): Promise<TenantRow | undefined> {
    return db<TenantRow>('tenants').where({ id }).first();
  },
};

export type TenantStore = typeof tenantStore;

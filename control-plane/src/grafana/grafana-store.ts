import type { Executor } from '../db/connect.ts';

export interface GrafanaOrgRow {
  tenant_id: string;
  /** Null until Grafana has made it. */
  org_id: number | null;
  /** Null when the token has been erased since. */
  credential_id: string | null;
  sealed_token: string | null;
}

export const grafanaStore = {
  find(tx: Executor, tenantId: string): Promise<GrafanaOrgRow | undefined> {
    return tx<GrafanaOrgRow>('grafana_orgs').where({ tenant_id: tenantId }).first();
  },

  async save(
    tx: Executor,
    tenantId: string,
    columns: Partial<Omit<GrafanaOrgRow, 'tenant_id'>>,
  ): Promise<void> {
    await tx('grafana_orgs')
      .insert({ tenant_id: tenantId, ...columns })
      .onConflict('tenant_id')
      .merge(columns);
  },

  async delete(tx: Executor, tenantId: string): Promise<void> {
    await tx('grafana_orgs').where({ tenant_id: tenantId }).delete();
  },
};

export type GrafanaStore = typeof grafanaStore;

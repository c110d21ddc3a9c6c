/** Brings what is wanted up to what this version, with this configuration, can do. */
import type { Database } from '../db/connect.ts';
import { present } from '../features/tenants/tenants-service.ts';
import type { TenantRow, TenantStore } from '../features/tenants/tenants-store.ts';
import { arrival } from './plan.ts';
import type { ProvisioningStore, Standing } from './provisioning-store.ts';
import type { ProvisioningStep } from './step.ts';

const AT_ONCE = 200;

/**
 * Tenants from before a step existed get it, and those that went without because it was not configured get it once it
 * is; those that have another edition of it get this one. A step that is settled otherwise is left alone.
 */
export async function reconcileSteps(
  deps: { db: Database; tenants: TenantStore; store: ProvisioningStore },
  steps: readonly ProvisioningStep[],
): Promise<void> {
  const { db, tenants, store } = deps;
  const plan = arrival(steps);

  const editions = new Map<string, string | undefined>();
  for (const step of steps) editions.set(step.name, await step.edition?.());

  function isBehind(name: string, standing: Standing | undefined): boolean {
    if (!standing || standing.state === 'skipped') return true;
    const edition = editions.get(name);
    return standing.state === 'done' && edition !== undefined && standing.edition !== edition;
  }

  const lacking = (tenant: TenantRow, standings: ReadonlyMap<string, Standing> | undefined) =>
    tenant.state === 'deleting'
      ? []
      : plan.filter(
          ({ name }) =>
            isBehind(name, standings?.get(name)) &&
            steps.find((step) => step.name === name)?.skipped(present(tenant), 'apply') === null,
        );

  async function reconcile(tenantId: string): Promise<void> {
    await db.begin({ tenantId }, async (tx) => {
      const tenant = await tenants.findForUpdate(tx, tenantId);
      if (!tenant) return;
      const wanted = lacking(tenant, (await store.standings(tx, [tenantId])).get(tenantId));
      if (wanted.length === 0) return;
      await store.want(tx, tenantId, wanted);
      if (tenant.state === 'ready') await tenants.update(tx, tenantId, { state: 'provisioning' });
    });
  }

  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await db.begin('platform', async (tx) => {
      const { items, next } = await tenants.list(tx, { limit: AT_ONCE, ...(cursor && { cursor }) });
      const standings = await store.standings(
        tx,
        items.map(({ id }) => id),
      );
      return { next, behind: items.filter((tenant) => lacking(tenant, standings.get(tenant.id)).length > 0) };
    });
    for (const { id } of page.behind) await reconcile(id);
    cursor = page.next;
  }
}

/** The end of a tenant: its stored objects but the export, then its rows. The audit log stays. */
import { randomUUID } from 'node:crypto';
import type { AuditStore } from '../../features/audit/audit-store.ts';
import type { TenantStore } from '../../features/tenants/tenants-store.ts';
import type { ObjectStore, TenantObjects } from '../../objects/object-store.ts';
import type { ProvisioningStep } from '../step.ts';
import { EXPORT_FOLDER } from './export-step.ts';
import type { ExportStore } from './export-store.ts';
import { OFFBOARDING } from './outline.ts';

const DELETED_AT_ONCE = 1000;

/** @param keep of a name, whether it stays */
export async function eraseObjects(objects: TenantObjects, keep: (name: string) => boolean): Promise<void> {
  let names: string[] = [];
  for await (const name of objects.list()) {
    if (!keep(name)) names.push(name);
    if (names.length < DELETED_AT_ONCE) continue;
    await objects.delete(names);
    names = [];
  }
  if (names.length > 0) await objects.delete(names);
}

const neverApplied = () => Promise.reject(new Error('nothing of a tenant that stays is erased'));

/** @param objects null where tenants store none */
export function createEraseObjectsStep(objects: ObjectStore | null): ProvisioningStep {
  return {
    ...OFFBOARDING.last[0],
    skipped: () => (objects ? null : 'No S3 is configured (S3_ENDPOINT).'),
    apply: neverApplied,
    async remove({ tenant, signal }) {
      if (!objects) return;
      await eraseObjects(objects.of(tenant.id, signal), (name) => name.startsWith(EXPORT_FOLDER));
    },
  };
}

export function createEraseRowsStep(deps: {
  tenants: TenantStore;
  exports: ExportStore;
  audit: AuditStore;
  keepDays: number;
}): ProvisioningStep {
  const { tenants, exports, audit, keepDays } = deps;
  return {
    ...OFFBOARDING.last[1],
    skipped: () => null,
    apply: neverApplied,
    async remove(ctx) {
      const { tenant } = ctx;
      await ctx.begin(async (tx) => {
        const row = await tenants.findForUpdate(tx, tenant.id);
        // The last thing between a slip and the loss of a tenant.
        if (row?.state !== 'deleting') return;
        await exports.remember(tx, tenant.id, keepDays);
        await tenants.erase(tx, tenant.id);
        await audit.insert(tx, {
          tenant_id: tenant.id,
          actor_type: 'system',
          actor_id: 'worker',
          actor_name: 'worker',
          ip: null,
          user_agent: null,
          action: 'eraseTenant',
          target_type: 'tenant',
          target_id: tenant.id,
          outcome: 'success',
          reason: null,
          request_id: randomUUID(),
          diff: null,
        });
      });
    },
  };
}

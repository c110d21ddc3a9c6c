/** What the API does about provisioning: ask for it, in the transaction that calls for it, and tell how far it is. */
import type { Provisioning, Step, TenantState } from '@obstack/contracts';
import type { Executor } from '../db/connect.ts';
import { OFFBOARDING } from './offboarding/outline.ts';
import { arrival, departure } from './plan.ts';
import type { ProvisioningStore, StepRow } from './provisioning-store.ts';
import type { ProvisioningStep } from './step.ts';

export interface ProvisioningService {
  /** The tenant is new or has changed: everything it has elsewhere is to be made, or brought up to date. */
  arrive(tx: Executor, tenantId: string): Promise<void>;
  /** The tenant leaves: everything is to be removed. */
  depart(tx: Executor, tenantId: string): Promise<void>;
  /** Whether nothing is left to do. */
  isSettled(tx: Executor, tenantId: string): Promise<boolean>;
  status(tx: Executor, tenant: { id: string; state: TenantState }): Promise<Provisioning>;
  retry(tx: Executor, tenantId: string): Promise<void>;
}

export function createProvisioning(
  steps: readonly Pick<ProvisioningStep, 'name' | 'title' | 'after'>[],
  store: ProvisioningStore,
): ProvisioningService {
  return {
    arrive: (tx, tenantId) => store.want(tx, tenantId, arrival(steps)),
    depart: (tx, tenantId) => store.want(tx, tenantId, departure(steps, OFFBOARDING)),
    isSettled: (tx, tenantId) => store.allSettled(tx, tenantId),
    status: async (tx, { id, state }) => ({ state, steps: (await store.list(tx, id)).map(present) }),
    retry: (tx, tenantId) => store.retry(tx, tenantId),
  };
}

function present(row: StepRow): Step {
  const { name, title, action, state, attempts, reason } = row;
  return {
    name,
    title,
    action,
    state,
    attempts,
    reason,
    nextAttemptAt: state === 'pending' || state === 'failed' ? row.due_at.toISOString() : null,
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

/** The outbox: steps wanted, in one transaction with the change that wants them, and the leases of who is at work. */
import { randomUUID } from 'node:crypto';
import type { StepState } from '@obstack/contracts';
import type { Executor } from '../db/connect.ts';
import type { PlannedStep } from './plan.ts';

export interface StepRow {
  tenant_id: string;
  name: string;
  action: 'apply' | 'remove';
  title: string;
  state: StepState;
  wish: number;
  attempts: number;
  reason: string | null;
  due_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  /** Of what it made, where the step has any. */
  edition: string | null;
}

/** A step that this worker may work on, until the lease runs out. */
export interface ClaimedStep extends StepRow {
  lease: string;
}

export type Standing = Pick<StepRow, 'state' | 'edition'>;

export type StepEnd =
  | { state: 'done'; edition?: string | null }
  | { state: 'skipped'; reason: string }
  | { state: 'failed'; reason: string; retryInMs: number };

/** On which the database says, by its triggers, that there may be something to do. */
export const PROVISIONING_DUE_CHANNEL = 'provisioning_due';

const UNSETTLED = "state NOT IN ('done', 'skipped')";

export const provisioningStore = {
  /** All of them are to be done (again). One that is running goes on, and is done once more after that. */
  async want(tx: Executor, tenantId: string, steps: readonly PlannedStep[]): Promise<void> {
    if (steps.length === 0) return;
    await tx('provisioning_steps')
      .insert(steps.map((step) => ({ ...step, tenant_id: tenantId })))
      .onConflict(['tenant_id', 'name'])
      .merge({
        action: tx.raw('EXCLUDED.action'),
        title: tx.raw('EXCLUDED.title'),
        position: tx.raw('EXCLUDED.position'),
        after: tx.raw('EXCLUDED.after'),
        wish: tx.raw('provisioning_steps.wish + 1'),
        state: tx.raw(
          `CASE provisioning_steps.state WHEN 'running' THEN 'running' ELSE 'pending' END :: step_state`,
        ),
        attempts: 0,
        reason: null,
        due_at: tx.fn.now(),
        finished_at: null,
      });
  },

  list(tx: Executor, tenantId: string): Promise<StepRow[]> {
    return tx<StepRow>('provisioning_steps').where({ tenant_id: tenantId }).orderBy('position');
  },

  /** tenant id → step → where it stands; a tenant without steps is not in it. */
  async standings(tx: Executor, tenantIds: readonly string[]): Promise<Map<string, Map<string, Standing>>> {
    const rows = await tx<StepRow>('provisioning_steps')
      .whereIn('tenant_id', tenantIds)
      .select('tenant_id', 'name', 'state', 'edition');
    const byTenant = Map.groupBy(rows, (row) => row.tenant_id);
    return new Map([...byTenant].map(([id, ofOne]) => [id, new Map(ofOne.map((row) => [row.name, row]))]));
  },

  async allSettled(tx: Executor, tenantId: string): Promise<boolean> {
    const open = await tx<StepRow>('provisioning_steps')
      .where({ tenant_id: tenantId })
      .whereRaw(UNSETTLED)
      .first('name');
    return open === undefined;
  },

  /** What failed is due now. */
  async retry(tx: Executor, tenantId: string): Promise<void> {
    await tx('provisioning_steps')
      .where({ tenant_id: tenantId, state: 'failed' })
      .update({ state: 'pending', due_at: tx.fn.now() });
  },

  /**
   * The next step that is due and whose predecessors are settled, or one that a dead worker left: it is this worker's
   * until the lease is over. Several workers may ask at once, and none gets what another has.
   */
  async claim(tx: Executor, leaseMs: number): Promise<ClaimedStep | undefined> {
    const { rows } = await tx.raw<{ rows: ClaimedStep[] }>(
      `WITH next AS MATERIALIZED (
         SELECT tenant_id, name FROM provisioning_steps AS step
         WHERE ((state IN ('pending', 'failed') AND due_at <= now()) OR (state = 'running' AND lease_until <= now()))
           AND NOT EXISTS (
             SELECT FROM provisioning_steps AS earlier
             WHERE earlier.tenant_id = step.tenant_id AND earlier.name = ANY (step.after) AND earlier.${UNSETTLED}
           )
         ORDER BY due_at LIMIT 1
         FOR UPDATE SKIP LOCKED
       )
       UPDATE provisioning_steps AS step SET
         state = 'running', lease = :lease, lease_until = now() + :leaseMs * interval '1 ms',
         attempts = attempts + 1, started_at = now(), finished_at = NULL
       FROM next WHERE step.tenant_id = next.tenant_id AND step.name = next.name
       RETURNING step.*`,
      { lease: randomUUID(), leaseMs },
    );
    return rows[0];
  },

  /** False when it is no longer this worker's. */
  async renew(tx: Executor, { tenant_id, name, lease }: ClaimedStep, leaseMs: number): Promise<boolean> {
    const renewed = await tx('provisioning_steps')
      .where({ tenant_id, name, lease })
      .update({ lease_until: tx.raw("now() + ? * interval '1 ms'", [leaseMs]) });
    return renewed === 1;
  },

  /** False when it is no longer this worker's. If it was wanted anew meanwhile, it is pending again. */
  async finish(tx: Executor, step: ClaimedStep, end: StepEnd): Promise<boolean> {
    const { tenant_id, name, lease, wish } = step;
    const retryInMs = end.state === 'failed' ? end.retryInMs : 0;
    const finished = await tx('provisioning_steps')
      .where({ tenant_id, name, lease })
      .update({
        state: tx.raw('(CASE WHEN wish = ? THEN ? ELSE ? END) :: step_state', [wish, end.state, 'pending']),
        reason: tx.raw('CASE WHEN wish = ? THEN ? END', [wish, end.state === 'done' ? null : end.reason]),
        due_at: tx.raw("now() + CASE WHEN wish = ? THEN ? ELSE 0 END * interval '1 ms'", [wish, retryInMs]),
        lease: null,
        lease_until: null,
        finished_at: tx.fn.now(),
        ...(end.state === 'done' && { edition: end.edition ?? null }),
      });
    return finished === 1;
  },

  /** Gives it back untouched, for the next worker to take at once. */
  async release(tx: Executor, { tenant_id, name, lease }: ClaimedStep): Promise<void> {
    await tx('provisioning_steps')
      .where({ tenant_id, name, lease })
      .update({
        state: 'pending',
        attempts: tx.raw<number>('attempts - 1'),
        due_at: tx.fn.now(),
        lease: null,
        lease_until: null,
      });
  },
};

export type ProvisioningStore = typeof provisioningStore;

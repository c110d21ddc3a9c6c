/** Writes the audit row of a call that has no actor until it succeeds: signing in, and what leads there. */
import type { AuditOutcome, Endpoint } from '@obstack/contracts';
import type { Call } from '@obstack/service-kit/endpoint';
import { originOf } from '../../call/actor-calls.ts';
import type { AuditDetails } from '../../call/context.ts';
import type { Executor } from '../../db/connect.ts';
import type { AuditStore } from './audit-store.ts';
import { type AuditedCall, auditRow } from './record.ts';

export interface CallRecord {
  outcome: AuditOutcome;
  /** Whoever it turned out to be, once that is proved. */
  actor?: NonNullable<AuditedCall['actor']>;
  /** In whose log it stands; null: the operators'. */
  tenantId: string | null;
  details: AuditDetails;
}

export type RecordCall = (tx: Executor, endpoint: Endpoint, call: Call, record: CallRecord) => Promise<void>;

export function createRecordCall(audit: AuditStore): RecordCall {
  return (tx, endpoint, call, { outcome, actor = null, tenantId, details }) =>
    audit.insert(
      tx,
      auditRow({ endpoint, actor, tenantId, origin: originOf(call), path: call.path, outcome, details }),
    );
}

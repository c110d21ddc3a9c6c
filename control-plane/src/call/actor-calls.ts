/**
 * The way of every call by an operator or a user: who is it, may they, then the service function, in one transaction
 * with its audit row. A call that changes something cannot go without either.
 */
import { type Endpoint, isIdempotent, type ProblemCode } from '@obstack/contracts';
import type { Admitted, Call, EndpointRouterOptions } from '@obstack/service-kit/endpoint';
import { etagOf } from '@obstack/service-kit/endpoint';
import { PreconditionFailedError, ProblemError } from '@obstack/service-kit/problem';
import type { Database, Executor, Scope } from '../db/connect.ts';
import type { AuditStore } from '../features/audit/audit-store.ts';
import { auditRow } from '../features/audit/record.ts';
import type { TenantStore } from '../features/tenants/tenants-store.ts';
import type { Authenticate } from '../identity/authenticate.ts';
import type { Sealer } from '../sealing.ts';
import { type ActorEndpoint, authorise, requireFeature } from './authorise.ts';
import {
  type Actor,
  actorName,
  AfterCommit,
  type AuditDetails,
  type Context,
  type Origin,
} from './context.ts';
import { once, IDEMPOTENCY_HEADER } from './idempotency.ts';

export interface ActorCallDeps {
  db: Database;
  authenticate: Authenticate;
  tenants: TenantStore;
  audit: AuditStore;
  sealer: Sealer;
}

export interface ActorAdmission {
  actor: Actor;
  tenantId: string | null;
}

export function actorCalls(deps: ActorCallDeps): EndpointRouterOptions<'actor', ActorAdmission, Context> {
  const { db, authenticate, tenants, audit, sealer } = deps;

  async function admit(call: Call, endpoint: ActorEndpoint): Promise<ActorAdmission> {
    const actor = await authenticate(call, endpoint);
    const tenantId = call.path['tenantId'] ?? null;
    try {
      authorise(actor, endpoint, tenantId);
    } catch (error) {
      await recordDenial(call, endpoint, actor, (error as Error).message);
      throw error;
    }
    return { actor, tenantId };
  }

  /** In the log of the one who tried: whom it was tried on learns nothing by it. */
  async function recordDenial(call: Call, endpoint: Endpoint, actor: Actor, reason: string): Promise<void> {
    const { tenantId } = actor;
    const row = auditRow({
      endpoint,
      actor,
      tenantId,
      origin: originOf(call),
      path: call.path,
      outcome: 'denied',
      details: { reason },
    });
    await db.begin(scopeOf(actor, tenantId), (tx) => audit.insert(tx, row));
  }

  async function perform(
    { endpoint, call, input, admission }: Admitted<ActorAdmission>,
    handler: (ctx: Context) => unknown,
  ): Promise<unknown> {
    const { actor, tenantId } = admission;
    const { feature } = endpoint as ActorEndpoint;
    const scope = scopeOf(actor, tenantId);
    const origin = originOf(call);

    const handleAndAudit = async (tx: Executor): Promise<unknown> => {
      let details: AuditDetails | undefined;
      const answer = await handler({
        actor,
        tenantId,
        origin,
        db: tx,
        begin: (work) => db.begin(scope, work),
        audited: (more) => void (details = { ...details, ...more }),
        requireMatch: (schema, shown) => requireMatch(call, etagOf(schema, shown)),
      });
      if (endpoint.method !== 'GET' || details) {
        const row = auditRow({
          endpoint,
          actor,
          // A tenant that has just been made is not in the path; its own people read of it all the same.
          tenantId: tenantId ?? actor.tenantId ?? tenantOf(details),
          origin,
          path: call.path,
          outcome: details?.outcome ?? 'success',
          details: details ?? {},
        });
        await audit.insert(tx, row);
      }
      return answer;
    };

    let result: unknown;
    try {
      result = await db.begin(scope, async (tx) => {
        if (feature && tenantId !== null) await requireFeature(tx, tenants, feature, tenantId);
        const key = isIdempotent(endpoint) ? call.headers[IDEMPOTENCY_HEADER] : undefined;
        if (typeof key !== 'string') return handleAndAudit(tx);
        const request = { key, caller: actorName(actor), endpointId: endpoint.id, input };
        return once(tx, sealer, request, () => handleAndAudit(tx));
      });
    } catch (error) {
      // Whatever is missing from here on would be the caller's own, and is no attempt on anybody else's.
      if (error instanceof ProblemError && REFUSALS.has(error.code)) {
        await recordDenial(call, endpoint, actor, error.message);
      }
      throw error;
    }
    return result instanceof AfterCommit ? result.work() : result;
  }

  return { caller: 'actor', admit, perform };
}

function scopeOf(actor: Actor, tenantId: string | null): Scope {
  const id = tenantId ?? actor.tenantId;
  return id === null ? 'platform' : { tenantId: id };
}

const tenantOf = (details: AuditDetails | undefined): string | null =>
  details?.target?.type === 'tenant' ? details.target.id : null;

export function originOf({ requestId, ip, headers }: Call): Origin {
  return { requestId, ip, userAgent: headers['user-agent'] ?? null };
}

const REFUSALS: ReadonlySet<ProblemCode> = new Set(['forbidden', 'plan-required']);

/** RFC 9110 section 13.1.1. Without the header, the last write wins. */
function requireMatch({ headers }: Call, etag: string): void {
  const given = headers['if-match'];
  if (given === undefined || given === '*') return;
  if (!given.split(',').some((tag) => tag.trim() === etag)) throw new PreconditionFailedError();
}

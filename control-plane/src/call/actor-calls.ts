/**
 * The way of every call by an operator or a user: who is it, may they, then the service function, in one transaction
 * with its audit row. A call that changes something cannot go without either.
 */
import { isIdempotent } from '@obstack/contracts';
import type { Admitted, Call, EndpointRouterOptions } from '@obstack/service-kit/endpoint';
import { etagOf } from '@obstack/service-kit/endpoint';
import { PreconditionFailedError, ProblemError } from '@obstack/service-kit/problem';
import type { Database, Scope } from '../db/connect.ts';
import type { AuditStore } from '../features/audit/audit-store.ts';
import { auditRow } from '../features/audit/record.ts';
import type { TenantStore } from '../features/tenants/tenants-store.ts';
import type { Authenticate } from '../identity/authenticate.ts';
import type { Sealer } from '../sealing.ts';
import { type ActorEndpoint, authorise, requireFeature } from './authorise.ts';
import { type Actor, AfterCommit, type AuditDetails, type Context, type Origin } from './context.ts';
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
      const { feature } = endpoint;
      if (feature && tenantId !== null) {
        await db.begin({ tenantId }, (tx) => requireFeature(tx, tenants, feature, tenantId));
      }
    } catch (error) {
      if (isDenial(error)) await recordDenial(call, endpoint, actor, error);
      throw error;
    }
    return { actor, tenantId };
  }

  /** In the log of the one who tried: whom it was tried on learns nothing by it. */
  async function recordDenial(
    call: Call,
    endpoint: ActorEndpoint,
    actor: Actor,
    error: ProblemError,
  ): Promise<void> {
    const { tenantId } = actor;
    const row = auditRow({
      endpoint,
      actor,
      tenantId,
      origin: originOf(call),
      path: call.path,
      outcome: 'denied',
      details: { reason: error.message },
    });
    await db.begin(scopeOf(actor, tenantId), (tx) => audit.insert(tx, row));
  }

  async function perform(
    { endpoint, call, input, admission }: Admitted<ActorAdmission>,
    handler: (ctx: Context) => unknown,
  ): Promise<unknown> {
    const { actor, tenantId } = admission;
    const scope = scopeOf(actor, tenantId);
    const origin = originOf(call);

    const result = await db.begin(scope, async (tx) => {
      let details: AuditDetails | undefined;
      const ctx: Context = {
        actor,
        tenantId,
        origin,
        db: tx,
        begin: (work) => db.begin(scope, work),
        audited: (more) => void (details = { ...details, ...more }),
        requireMatch: (schema, shown) => requireMatch(call, etagOf(schema, shown)),
      };
      const handleAndAudit = async (): Promise<unknown> => {
        const answer = await handler(ctx);
        if (endpoint.method !== 'GET' || details) {
          const row = auditRow({
            endpoint,
            actor,
            tenantId: tenantId ?? actor.tenantId,
            origin,
            path: call.path,
            outcome: 'success',
            details: details ?? {},
          });
          await audit.insert(tx, row);
        }
        return answer;
      };
      const key = isIdempotent(endpoint) ? call.headers[IDEMPOTENCY_HEADER] : undefined;
      if (typeof key !== 'string') return handleAndAudit();
      const request = { key, caller: `${actor.type}:${actor.id}`, endpointId: endpoint.id, input };
      return once(tx, sealer, request, handleAndAudit);
    });
    return result instanceof AfterCommit ? result.work() : result;
  }

  return { caller: 'actor', admit, perform };
}

function scopeOf(actor: Actor, tenantId: string | null): Scope {
  const id = tenantId ?? actor.tenantId;
  return id === null ? 'platform' : { tenantId: id };
}

export function originOf({ requestId, ip, headers }: Call): Origin {
  return { requestId, ip, userAgent: headers['user-agent'] ?? null };
}

/** Another tenant's is refused as missing. */
const isDenial = (error: unknown): error is ProblemError =>
  error instanceof ProblemError && ['forbidden', 'plan-required', 'not-found'].includes(error.code);

/** RFC 9110 section 13.1.1. Without the header, the last write wins. */
function requireMatch({ headers }: Call, etag: string): void {
  const given = headers['if-match'];
  if (given === undefined || given === '*') return;
  if (!given.split(',').some((tag) => tag.trim() === etag)) throw new PreconditionFailedError();
}

/** Who does what, for whom: the first argument of every service function. */
import type { Permission } from '@obstack/contracts';
import type { z } from 'zod';
import type { Executor } from '../db/connect.ts';

export interface Actor {
  /** `grafana`: somebody who has no account here and comes through Grafana, which says who it is. */
  type: 'operator' | 'user' | 'grafana';
  /** Of an account; of somebody from Grafana, their login there. */
  id: string;
  /** For people who read the audit log: an e-mail address or a login. */
  name: string;
  /** The tenant it belongs to and never leaves; null for an operator, who belongs to none. */
  tenantId: string | null;
  permissions: ReadonlySet<Permission>;
  /** Null when it came with a token instead of signing in. */
  sessionId: string | null;
  /** Names of roles; none for operators, who may do everything. */
  roles: readonly string[];
}

/** One that has an account here: what an endpoint for `account` is called by. */
export type AccountActor = Actor & { type: 'operator' | 'user' };

/** Where a call came from, as the audit log keeps it. */
export interface Origin {
  requestId: string;
  ip: string;
  userAgent: string | null;
}

/** What a change was about. All of it is optional: the endpoint and its path say the rest. */
export interface AuditDetails {
  target?: { type: string; id: string };
  /** What the API showed before and after; only fields that differ are kept. */
  before?: object;
  after?: object;
  reason?: string;
  /** Success unless it says otherwise: for a failure that is to be kept, and told `afterCommit`. */
  outcome?: 'failure';
}

export interface Context {
  actor: Actor;
  /** The tenant the call is about; null where it is about none in particular. */
  tenantId: string | null;
  origin: Origin;
  /** The transaction of the whole call; it shows the rows of `tenantId`, or all of them for an operator without. */
  db: Executor;
  /** One more transaction of the same scope, for what is done `afterCommit` or while an answer streams. */
  begin<T>(work: (tx: Executor) => Promise<T>): Promise<T>;
  /** Every call that changes something is audited, when it commits; this adds what only the service knows. */
  audited(details: AuditDetails): void;
  /**
   * @param shown what the API would show right now, under this response schema
   * @throws PreconditionFailedError when the caller's `If-Match` names another state
   */
  requireMatch(schema: z.ZodType, shown: unknown): void;
}

/** The context of a call within one tenant. */
export type TenantContext = Context & { tenantId: string };

/** The context of a call about the caller's own account. */
export type AccountContext = Context & { actor: AccountActor };

/** For handlers of endpoints for `account`, which nobody else is let in to. */
export function ofAccount<Rest extends unknown[], T>(
  handle: (ctx: AccountContext, ...rest: Rest) => T,
): (ctx: Context, ...rest: Rest) => T {
  return (ctx, ...rest) => {
    const { actor } = ctx;
    if (!hasAccount(actor)) throw new Error('an endpoint for accounts let in somebody without one');
    return handle({ ...ctx, actor }, ...rest);
  };
}

export function hasAccount(actor: Actor): actor is AccountActor {
  return actor.type !== 'grafana';
}

/** `<type>:<id>`, as it is kept with what the actor made. */
export function actorName({ type, id }: Actor): string {
  return `${type}:${id}`;
}

/** The answer of a call which takes its time: `work` begins once the transaction has committed. */
export class AfterCommit<T> {
  readonly work: () => Promise<T>;

  constructor(work: () => Promise<T>) {
    this.work = work;
  }
}

/** @returns what a handler gives back in place of an answer it has yet to work out */
export function afterCommit<T>(work: () => Promise<T>): T {
  return new AfterCommit(work) as unknown as T;
}

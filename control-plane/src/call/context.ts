/** Who does what, for whom: the first argument of every service function. */
import type { Permission } from '@obstack/contracts';
import type { z } from 'zod';
import type { Executor } from '../db/connect.ts';

export interface Actor {
  type: 'operator' | 'user';
  id: string;
  /** For people who read the audit log: an e-mail address. */
  name: string;
  /** The tenant it belongs to and never leaves; null for an operator, who belongs to none. */
  tenantId: string | null;
  permissions: ReadonlySet<Permission>;
  /** Null when it came with a token instead of signing in. */
  sessionId: string | null;
}

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

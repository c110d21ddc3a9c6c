/** One thing outside of our database that a tenant needs: a realm, an org, a place for its files. */
import type { Tenant } from '@obstack/contracts';
import type { Logger } from '@obstack/service-kit/logger';
import type { Executor } from '../db/connect.ts';

export interface StepContext {
  tenant: Tenant;
  logger: Logger;
  /** Aborted when the run must end: it has taken too long, or the worker no longer holds the step. */
  signal: AbortSignal;
  /** A transaction within the tenant's scope. */
  begin<T>(work: (tx: Executor) => Promise<T>): Promise<T>;
}

export interface ProvisioningStep {
  /** Stable: it is kept in the database and shown to people. */
  readonly name: string;
  /** What it makes, in words for the Admin page: `Grafana organisation`. */
  readonly title: string;
  /** Steps that must be done before it. */
  readonly after: readonly string[];
  /**
   * Why this tenant goes without, for people: "no Keycloak is configured"; null when it applies. A plan that has lost
   * something is no reason to leave behind what an earlier one made: `remove` is skipped only where nothing can be there.
   */
  skipped(tenant: Tenant, action: 'apply' | 'remove'): string | null;
  /**
   * A hash of what it makes for any tenant, as far as that follows from files and configuration: when a worker comes
   * with another one than a tenant has, the step runs again.
   */
  edition?(): Promise<string>;
  /**
   * Makes it so, whatever is there already: it may run any number of times, and after a crash at any point of an
   * earlier run. Rejects when it could not, with a message fit for people; it is then tried again later.
   */
  apply(ctx: StepContext): Promise<void>;
  /** The reverse, when the tenant leaves; nothing left to remove is a success. */
  remove(ctx: StepContext): Promise<void>;
}

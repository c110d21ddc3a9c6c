/**
 * The pool of connections. SQL itself is written in stores only, and every statement runs in a transaction with a
 * scope: PostgreSQL's row-level security shows it the rows of that scope and no others, so a store that forgets its
 * tenant filter finds nothing of another tenant's, and one that runs outside any scope finds nothing at all.
 */
import type { Logger } from '@obstack/service-kit/logger';
import knex, { type Knex } from 'knex';

/** The rows a transaction may see and write: one tenant's, or those of all tenants. */
export type Scope = { tenantId: string } | 'platform';

/** A transaction, with its scope set. */
export type Executor = Knex.Transaction;

export interface Database {
  /** Commits when `work` resolves, rolls back when it rejects. */
  begin<T>(scope: Scope, work: (tx: Executor) => Promise<T>): Promise<T>;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Has no more rights than the service needs, and cannot step around row-level security (migration 0004). */
export const APP_ROLE = 'obstack_app';

/** Opens no connection yet. Every statement is cut off after five seconds. */
export function connectDatabase(url: string, logger: Logger): Database {
  const pool = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'obstack-control-plane',
      connectionTimeoutMillis: 3000,
      statement_timeout: 5000,
      idle_in_transaction_session_timeout: 10_000,
    },
    pool: { min: 0, max: 10, afterCreate: becomeApp },
    acquireConnectionTimeout: 5000,
    // By itself knex writes to the console.
    log: {
      error: (message: unknown) => logger.warn({ detail: message }, 'database'),
      warn: (message: unknown) => logger.warn({ detail: message }, 'database'),
      deprecate: () => undefined,
      debug: () => undefined,
    },
  });
  return {
    begin: (scope, work) =>
      pool.transaction(async (tx) => {
        const tenant = scope === 'platform' ? '*' : scope.tenantId;
        await tx.raw("SELECT set_config('obstack.tenant', ?, true)", [tenant]);
        return await work(tx);
      }),
    async ping() {
      await pool.raw('SELECT 1');
    },
    close: () => pool.destroy(),
  };
}

interface Connection {
  query(sql: string, done: (error: unknown) => void): void;
}

function becomeApp(connection: Connection, done: (error: unknown, connection: Connection) => void): void {
  connection.query(`SET ROLE ${APP_ROLE}`, (error) => done(error, connection));
}

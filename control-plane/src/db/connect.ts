/** The pool of connections. SQL itself is written in stores only. */
import type { Logger } from '@obstack/service-kit/logger';
import knex, { type Knex } from 'knex';

export type Database = Knex;

/** A database, or a transaction in it. */
export type Executor = Knex;

/** Opens no connection yet. Every statement is cut off after five seconds. */
export function connectDatabase(url: string, logger: Logger): Database {
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'obstack-control-plane',
      connectionTimeoutMillis: 3000,
      statement_timeout: 5000,
      idle_in_transaction_session_timeout: 10_000,
    },
    pool: { min: 0, max: 10 },
    acquireConnectionTimeout: 5000,
    // By itself knex writes to the console.
    log: {
      error: (message: unknown) => logger.warn({ detail: message }, 'database'),
      warn: (message: unknown) => logger.warn({ detail: message }, 'database'),
      deprecate: () => undefined,
      debug: () => undefined,
    },
  });
}

/** Rejects when the database does not answer. */
export async function pingDatabase(db: Database): Promise<void> {
  await db.raw('SELECT 1');
}

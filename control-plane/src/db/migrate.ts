/** Brings the schema up to date; any number of copies may start at once. */
import knex from 'knex';
import pg from 'pg';
import { migrations, type NamedMigration } from '../../migrations/index.ts';

/** Any number that nothing else in this database locks. */
const LOCK = 0x0b57acc;

/**
 * Runs what has not run yet, each migration in a transaction of its own.
 * @returns the names of those that ran
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 });
  const db = knex({ client: 'pg', connection: { connectionString: databaseUrl }, pool: { min: 0, max: 1 } });
  try {
    await connect(lock);
    // The server drops this lock with the connection, so a copy that dies here blocks nobody.
    await lock.query('SELECT pg_advisory_lock($1)', [LOCK]);
    // Knex's own lock is a row, which outlives a process that dies; ours says that nobody is at work.
    await db.migrate.forceFreeMigrationsLock({ migrationSource });
    const [, names] = (await db.migrate.latest({ migrationSource })) as [number, string[]];
    return names;
  } finally {
    await db.destroy();
    await lock.end();
  }
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    const { host, port, database, user } = client;
    const place = `${database} on ${host}:${port} as ${user}`;
    const { message } = cause as Error;
    throw new Error(`DATABASE_URL leads to no usable database: ${place}: ${message}`, { cause });
  }
}

const migrationSource = {
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: ({ name }: NamedMigration) => name,
  getMigration: (migration: NamedMigration) => Promise.resolve(migration),
};

/** A real PostgreSQL for one test file, and databases in it that cost a file copy each. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '@obstack/native';
import pg from 'pg';
import { migrate } from '../src/db/migrate.ts';

export interface TestPostgres {
  /** URL of a new database with the whole schema and no rows. */
  migratedDatabase(): Promise<string>;
  /** URL of a new database with nothing in it. */
  emptyDatabase(): Promise<string>;
  /** Ends the server as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, at the same address. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const TEMPLATE = 'obstack_template';

export async function startTestPostgres(): Promise<TestPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'obstack-postgres-'));
  const stack = await startStack({ dir, ports: 'free', parts: ['postgres'] });
  const serverUrl = stack.env['DATABASE_URL'];
  if (!serverUrl) throw new Error('the native stack gave no DATABASE_URL');
  let made = 0;

  const create = async (name: string, template: string): Promise<string> => {
    await runSql(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
    return databaseUrl(serverUrl, name);
  };
  await migrate(await create(TEMPLATE, 'template1'));

  return {
    migratedDatabase: () => create(`test_${++made}`, TEMPLATE),
    emptyDatabase: () => create(`test_${++made}`, 'template1'),
    kill: () => stack.kill('postgres'),
    start: () => stack.start('postgres'),
    async stop() {
      await stack.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** One statement, or several with `;`, on a connection of their own. Returns the rows of the (last) one. */
export async function runSql<Row extends object>(
  url: string,
  sql: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // Several statements give several results, which the types do not tell.
    const result = (await client.query(sql, values)) as pg.QueryResult<Row> | pg.QueryResult<Row>[];
    return [result].flat().at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

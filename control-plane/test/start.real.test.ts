/** What happens at start: migrations and the operator's credential, and what stops a start. */
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCredential } from '@obstack/contracts/credential-format';
import { createLogger } from '@obstack/service-kit/logger';
import { sha256Hex } from '@obstack/service-kit/secrets';
import { connectDatabase } from '../src/db/connect.ts';
import { migrations } from '../migrations/index.ts';
import { migrate } from '../src/db/migrate.ts';
import { ensureOperator } from '../src/features/operator/ensure-operator.ts';
import { readOperatorFile } from '../src/features/operator/operator-file.ts';
import { operatorStore } from '../src/features/operator/operator-store.ts';
import { verifyPassword } from '../src/identity/password.ts';
import { ENCRYPTION_KEY, INTERNAL_TOKEN, startTestControlPlane } from './control-plane.ts';
import { runSql, startTestPostgres, type TestPostgres } from './database.ts';

let postgres: TestPostgres;
let dir: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  dir = await mkdtemp(join(tmpdir(), 'obstack-start-'));
});
afterAll(async () => {
  await postgres.stop();
  await rm(dir, { recursive: true });
});

const ALL = migrations.map(({ name }) => name);

describe('migrations', () => {
  it('run once, however often they are asked to', async () => {
    const url = await postgres.emptyDatabase();
    expect(await migrate(url)).toEqual(ALL);
    expect(await migrate(url)).toEqual([]);
  });

  it('run once when several copies start at the same time', async () => {
    const url = await postgres.emptyDatabase();
    const applied = await Promise.all([migrate(url), migrate(url), migrate(url), migrate(url)]);
    expect(applied.flat()).toEqual(ALL);
  });

  it('are not held up by a copy that died in the middle', async () => {
    const url = await postgres.migratedDatabase();
    await runSql(url, 'UPDATE knex_migrations_lock SET is_locked = 1');
    expect(await migrate(url)).toEqual([]);
  });
});

describe('the operator', () => {
  it('is made at the first start, in a file of mode 600 and as hashes', async () => {
    const cp = await startTestControlPlane(await postgres.emptyDatabase());
    const { email, password, token } = cp.operator;
    expect((await stat(cp.operatorFile)).mode & 0o777).toBe(0o600);
    expect(parseCredential(token)?.kind).toBe('operator-token');
    expect(await cp.request('GET', '/api/v1/tenants')).toMatchObject({ status: 200 });

    const rows = await runSql<{ email: string; password_hash: string; token_sha256: string }>(
      cp.databaseUrl,
      'SELECT email, password_hash, token_sha256 FROM operators',
    );
    expect(rows).toEqual([{ email, password_hash: expect.any(String), token_sha256: sha256Hex(token) }]);
    expect(await verifyPassword(password, rows[0]?.password_hash ?? '')).toBe(true);
    expect(cp.logs.join('')).not.toContain(password);
    expect(cp.logs.join('')).not.toContain(token);
    await cp.close();
  });

  it('stays the same at the next start, also when the file has been put away', async () => {
    const first = await startTestControlPlane(await postgres.migratedDatabase());
    const { databaseUrl, operator } = first;
    await first.close(); // which removes the file
    const second = await startTestControlPlane(databaseUrl, operator);
    await expect(stat(second.operatorFile)).rejects.toThrow('ENOENT');
    expect(await second.request('GET', '/api/v1/tenants')).toMatchObject({ status: 200 });
    await second.close();
  });

  it.each([
    ['one file', ['shared', 'shared', 'shared', 'shared']],
    ['a file each', ['a', 'b', 'c', 'd']],
  ])('is one, when several copies with %s start at the same time', async (_, names) => {
    const url = await postgres.migratedDatabase();
    const logger = createLogger({ name: 'test', level: 'silent' });
    const db = connectDatabase(url, logger);
    const files = names.map((name) => join(dir, `${name}.json`));
    await Promise.all(files.map((file) => ensureOperator({ db, store: operatorStore, logger }, file)));
    await db.close();

    const written = await Promise.all(Array.from(new Set(files)).map(readOperatorFile));
    const tokens = written.flatMap((operator) => (operator ? [sha256Hex(operator.token)] : []));
    const rows = await runSql<{ token_sha256: string }>(url, 'SELECT token_sha256 FROM operators');
    expect(rows.map((row) => row.token_sha256)).toEqual(tokens);
    expect(tokens).toHaveLength(1);
  });

  it('is taken from the file when the database is new', async () => {
    const first = await startTestControlPlane(await postgres.migratedDatabase());
    const file = join(dir, 'kept.json');
    await copyFile(first.operatorFile, file);
    await first.close();
    const again = await runMain({ DATABASE_URL: await postgres.emptyDatabase(), OPERATOR_FILE: file });
    const headers = { authorization: `Bearer ${first.operator.token}` };
    expect((await fetch(`${again.url}/api/v1/tenants`, { headers })).status).toBe(200);
    expect(await again.stop()).toBe(0);
  });
});

describe('a start that cannot be', () => {
  it('names every variable that is wrong, without its value and without a stack', async () => {
    const { code, errors } = await failMain({
      DATABASE_URL: 'mysql://user:hidden@host/db',
      INTERNAL_TOKEN: 'hidden',
    });
    expect(code).toBe(1);
    expect(errors).toContain('DATABASE_URL is not right');
    expect(errors).toContain('INTERNAL_TOKEN is not right');
    expect(errors).toContain('OPERATOR_FILE is not set');
    expect(errors).not.toMatch(/hidden|at .*\.ts/);
  });

  it('ends when the database is not there, without its password', async () => {
    const { code, errors } = await failMain({
      DATABASE_URL: 'postgres://user:hidden@127.0.0.1:1/db',
      INTERNAL_TOKEN,
      ENCRYPTION_KEY,
      OPERATOR_FILE: join(dir, 'never.json'),
    });
    expect(code).toBe(1);
    expect(errors).toContain('DATABASE_URL leads to no usable database: db on 127.0.0.1:1 as user');
    expect(errors).not.toMatch(/hidden|at .*\.ts/);
  });
});

const MAIN = new URL('../src/main.ts', import.meta.url).pathname;

function start(env: Record<string, string>) {
  return spawn(process.execPath, [MAIN], {
    env: { CONTROL_PLANE_LISTEN: '127.0.0.1:0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The real process, listening. `stop` asks it to end and gives its exit code. */
async function runMain(env: { DATABASE_URL: string; OPERATOR_FILE: string }) {
  const child = start({ INTERNAL_TOKEN, ENCRYPTION_KEY, ...env });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const listening = /"url":"([^"]+)"/.exec(output)?.[1];
      if (listening) resolve(listening);
    });
    void exited.then(([code]) => reject(new Error(`control-plane ended with ${code}: ${output}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const [code] = await exited;
    return code;
  };
  return { url, stop };
}

/** The real process, which is expected to end by itself. */
async function failMain(env: Record<string, string>) {
  const child = start(env);
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  return { code, errors };
}

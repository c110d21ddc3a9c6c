/**
 * The API against its own OpenAPI document, by schemathesis: thousands of requests, right and wrong ones, each of which has
 * to be answered as the document says and none of them with a 5xx. FUZZ_SECONDS and FUZZ_SEED make it longer and other.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publicEndpoints } from '@obstack/contracts';
import { startTestControlPlane, type TestControlPlane } from './control-plane.ts';
import { startTestPostgres, type TestPostgres } from './database.ts';
import { ensureSchemathesis, pythonPlatform } from './schemathesis/ensure-schemathesis.ts';

const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 90);
const SEED = process.env['FUZZ_SEED'] ?? '1';
const platform = pythonPlatform();

let postgres: TestPostgres;
let cp: TestControlPlane;
let dir: string;

beforeAll(async () => {
  if (!platform) return;
  dir = await mkdtemp(join(tmpdir(), 'obstack-schemathesis-'));
  postgres = await startTestPostgres();
  cp = await startTestControlPlane(await postgres.migratedDatabase());
  const { id } = await cp.createTenant('fuzzed');
  await cp.createKey(id);
});
afterAll(async () => {
  if (!platform) return;
  await cp.close();
  await postgres.stop();
  await rm(dir, { recursive: true });
});

describe('schemathesis', () => {
  (platform ? it : it.skip)(
    'finds no 5xx and nothing that the OpenAPI document does not say (needs python3 3.10 or newer, with pip)',
    async () => {
      const folder = await ensureSchemathesis(platform ?? '');
      const { code, output } = await schemathesis(folder);
      expect({ code, failures: code === 0 ? '' : output }).toEqual({ code: 0, failures: '' });
      // It has done what it is for: reached every operation.
      expect(output).toMatch(new RegExp(`Tested: +${publicEndpoints.length}\\b`));
    },
    (SECONDS + 240) * 1000,
  );
});

async function schemathesis(folder: string): Promise<{ code: number; output: string }> {
  const child = spawn(
    'python3',
    [
      ...[
        '-m',
        'schemathesis.cli',
        '--config-file',
        join(import.meta.dirname, 'schemathesis', 'schemathesis.toml'),
      ],
      ...['run', `${cp.url}/api/v1/openapi.json`, '--header', `Authorization: Bearer ${cp.operator.token}`],
      ...['--max-time', String(SECONDS), '--seed', SEED, '--continue-on-failure', '--no-color'],
    ],
    {
      // It keeps what it has seen in its working directory.
      cwd: dir,
      env: { PATH: process.env['PATH'], PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { code, output: out + err };
}

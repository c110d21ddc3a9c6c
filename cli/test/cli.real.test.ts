/** The command as people run it: the real process, against a real control-plane. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Key, Tenant } from '@obstack/contracts';
import {
  startTestControlPlane,
  startTestPostgres,
  type TestControlPlane,
  type TestPostgres,
} from '@obstack/control-plane/testing';

const OBSTACK = new URL('../bin/obstack.mjs', import.meta.url).pathname;

let postgres: TestPostgres;
let cp: TestControlPlane;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'obstack-cli-'));
  postgres = await startTestPostgres();
  cp = await startTestControlPlane(await postgres.migratedDatabase());
});
afterAll(async () => {
  await cp.close();
  await postgres.stop();
  await rm(home, { recursive: true });
});

interface Outcome {
  code: number;
  out: string;
  err: string;
}

function obstack(
  args: string[],
  { input = '', env = {}, cwd = home }: { input?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [OBSTACK, ...args],
      {
        cwd,
        env: { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: join(home, 'config'), ...env },
      },
      (error, out, err) => resolve({ code: (error?.code as number | undefined) ?? 0, out, err }),
    );
    child.stdin?.end(input);
  });
}

/** As the operator, by the environment. */
const operator = (...args: string[]) =>
  obstack(args, { env: { OBSTACK_URL: cp.url, OBSTACK_TOKEN: cp.operator.token } });
const json = ({ code, out, err }: Outcome): unknown => {
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
};

describe('obstack', () => {
  it('makes a tenant and a key, shows them, and takes the key back', async () => {
    const created = await operator('tenants', 'create', '--name', 'checkout', '--plan', 'saas');
    expect(created).toMatchObject({ code: 0, err: '' });
    expect(created.out).toMatch(/^name +checkout$/m);
    const listed = await operator('tenants', 'list');
    expect(listed.out).toMatch(/^ID +NAME +PLAN +STATE +CREATED AT\n[0-9a-f-]{36} +checkout +saas /);

    // By its name, in any letter case, and by its id.
    const issued = json(
      await operator(
        'keys',
        'create',
        '-t',
        'CHECKOUT',
        '--name',
        'agent',
        '--signals',
        'logs,traces',
        '--json',
      ),
    ) as { key: Key; secret: string };
    expect(issued.secret).toMatch(/^obk_/);
    expect(issued.key.signals).toEqual(['logs', 'traces']);
    expect((await cp.resolve('0'.repeat(64))).status).toBe(404);
    const { id } = json(await operator('tenants', 'get', 'checkout', '--json')) as Tenant;
    const keys = json(await operator('keys', 'list', '--tenant', id, '--json')) as Key[];
    expect(keys.map((key) => key.id)).toEqual([issued.key.id]);

    expect(await operator('keys', 'revoke', issued.key.id, '-t', id)).toEqual({
      code: 0,
      out: 'Done.\n',
      err: '',
    });
    expect((await operator('keys', 'get', issued.key.id, '-t', id)).out).toMatch(/^status +revoked$/m);
    const events = await operator('audit', 'list', '-t', id);
    expect(events.out.split('\n').map((line) => /\w+Ingestion\w+/.exec(line)?.[0])).toEqual(
      expect.arrayContaining(['revokeIngestionKey', 'createIngestionKey']),
    );
    const lines = (await operator('audit', 'export', '-t', id)).out.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual(
      expect.arrayContaining(['exportAuditEvents', 'revokeIngestionKey', 'createIngestionKey']),
    );
  });

  it('reads as many pages as it takes, and says when there is more', async () => {
    for (const n of [1, 2, 3]) await cp.createTenant(`page ${n}`);
    const two = await operator('tenants', 'list', '--name', 'page', '--limit', '2', '--json');
    expect([(JSON.parse(two.out) as Tenant[]).length, two.err]).toEqual([2, 'There are more: --limit 20\n']);
    expect(json(await operator('tenants', 'list', '--name', 'page', '--json')) as Tenant[]).toHaveLength(3);
  });

  it('says where it is and who that is', async () => {
    const { out } = await operator('status');
    expect(out).toMatch(/^api +healthy$/m);
    expect(out).toMatch(new RegExp(`^signedIn +${cp.operator.email}$`, 'm'));
    const nobody = await obstack(['status'], { env: { OBSTACK_URL: cp.url } });
    expect(nobody.out).toMatch(/^signedIn +no: obstack login/m);
  });
});

describe('what went wrong is said with what to do about it', () => {
  it.each([
    ['refused', ['tenants', 'create', '--name', ''], 1, /--name: .*\. Make it at least 1 characters long\./],
    [
      'taken',
      ['tenants', 'create', '--name', 'taken'],
      1,
      /Another tenant has this name\.\n {2}--name: Taken\. Choose/,
    ],
    [
      'not there',
      ['tenants', 'get', 'nobody'],
      2,
      /There is no tenant called nobody; see `obstack tenants list`/,
    ],
    ['which tenant', ['keys', 'list'], 2, /Name it with --tenant/],
    ['no such command', ['tenants', 'lst'], 2, /Did you mean list\?/],
    ['left out', ['keys', 'create', '-t', 'taken'], 2, /required option '--name <text>' not specified/],
    ['no number', ['keys', 'rotate', 'x', '-t', 'taken', '--overlap-seconds', 'soon'], 2, /not a number/],
    ['no json', ['keys', 'create', '-t', 'taken', '--name', 'x', '--limits', '{'], 2, /not valid JSON/],
    [
      'no such choice',
      ['tenants', 'create', '--name', 'x', '--plan', 'gold'],
      2,
      /Allowed choices are community, saas/,
    ],
  ])('%s', async (_, args, code, says) => {
    if ((await operator('tenants', 'get', 'taken')).code !== 0) await cp.createTenant('taken');
    const outcome = await operator(...args);
    expect(outcome).toMatchObject({ code, out: '' });
    expect(outcome.err).toMatch(says);
    expect(outcome.err).not.toMatch(/\n {4}at /);
  });

  it('not signed in', async () => {
    const outcome = await obstack(['tenants', 'list'], { env: { OBSTACK_URL: cp.url } });
    expect(outcome).toMatchObject({ code: 3, out: '' });
    expect(outcome.err).toMatch(/Sign in with `obstack login`, or set OBSTACK_TOKEN\./);
  });

  it('nothing there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const outcome = await obstack(['status', '--url', `http://127.0.0.1:${port}`]);
    expect(outcome).toMatchObject({ code: 4, out: '' });
    expect(outcome.err).toMatch(
      /^Nothing answers there: .*ECONNREFUSED.*\nIs control-plane running \(npm start\)\?/,
    );
  });

  it('no address', async () => {
    const outcome = await obstack(['status'], { env: { OBSTACK_URL: 'localhost' } });
    expect(outcome).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^OBSTACK_URL is no address of an API/),
    });
  });
});

describe('login', () => {
  const file = () => join(home, 'config', 'obstack', 'session.json');
  const password = () =>
    obstack(['login', '--url', cp.url, '--email', cp.operator.email, '--password-stdin'], {
      input: `${cp.operator.password}\n`,
    });

  it('by token is kept for its owner alone, and for its own address alone', async () => {
    const outcome = await obstack(['login', '--url', cp.url, '--token-stdin'], { input: cp.operator.token });
    expect(outcome).toMatchObject({ code: 0, out: expect.stringContaining(`as ${cp.operator.email}`) });
    expect(outcome.out).not.toContain(cp.operator.token);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await obstack(['tenants', 'list'])).toMatchObject({ code: 0 });
    const elsewhere = cp.url.replace('127.0.0.1', 'localhost');
    expect(await obstack(['tenants', 'list', '--url', elsewhere])).toMatchObject({ code: 3 });

    expect(await obstack(['logout'])).toMatchObject({ code: 0, out: 'Signed out.\n' });
    await expect(stat(file())).rejects.toThrow('ENOENT');
  });

  it('with a token that does not work keeps nothing', async () => {
    const outcome = await obstack(['login', '--url', cp.url, '--token-stdin'], { input: 'obo_nonsense' });
    expect(outcome.code).toBe(3);
    await expect(stat(file())).rejects.toThrow('ENOENT');
  });

  it('by password renews itself once its token runs out, also when two ask at once; logout ends it', async () => {
    expect(await password()).toMatchObject({ code: 0 });
    const kept = async () =>
      JSON.parse(await readFile(file(), 'utf8')) as {
        token: string;
        renewal: { refreshToken: string; expiresAtMs: number };
      };
    const first = await kept();
    await writeFile(file(), JSON.stringify({ ...first, renewal: { ...first.renewal, expiresAtMs: 0 } }));
    const both = await Promise.all([obstack(['tenants', 'list']), obstack(['status'])]);
    expect(both.map(({ code, err }) => [code, err])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const second = await kept();
    expect(second.renewal.refreshToken).not.toBe(first.renewal.refreshToken);
    expect((await stat(file())).mode & 0o777).toBe(0o600);

    await obstack(['logout']);
    expect(await cp.request('GET', '/api/v1/auth/me', { token: second.token })).toMatchObject({
      status: 401,
    });
  });
});

describe('in a checkout', () => {
  it('the running demo is found from any folder of it, and its operator is used there alone', async () => {
    const deep = join(home, 'checkout', 'a', 'b');
    await mkdir(deep, { recursive: true });
    await mkdir(join(home, 'checkout', '.obstack'));
    const demo = join(home, 'checkout', '.obstack', 'demo.json');
    await writeFile(demo, JSON.stringify({ controlPlaneUrl: cp.url, operator: cp.operator }));
    await chmod(demo, 0o600);
    const { code, out } = await obstack(['status'], { cwd: deep });
    expect(code).toBe(0);
    expect(out).toMatch(/^by +.*\/checkout\/\.obstack\/demo\.json$/m);
    const elsewhere = cp.url.replace('127.0.0.1', 'localhost');
    expect(await obstack(['tenants', 'list', '--url', elsewhere], { cwd: deep })).toMatchObject({ code: 3 });
  });
});

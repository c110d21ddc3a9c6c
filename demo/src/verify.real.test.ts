import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startStack, type PartName, type Stack } from '@obstack/native';
import { type DemoFile, readDemoFile, writeDemoFile } from './demo-file.ts';
import { demoFileIn } from './paths.ts';
import type { Row } from './verify/rows.ts';

const PARTS: PartName[] = [
  'postgres',
  'loki',
  'prometheus',
  'tempo',
  'otel-collector',
  'control-plane',
  'proxy',
  'seed',
];

let dir: string;
let stack: Stack;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'obstack-verify-'));
  stack = await startStack({ dir, parts: PARTS, ports: 'free' });
}, 180_000);

afterAll(async () => {
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
}, 60_000);

async function demoFile(): Promise<DemoFile> {
  const demo = await readDemoFile(demoFileIn(dir));
  if (!demo) throw new Error('the seed has written no demo file');
  return demo;
}

function verify(stackDir: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = join(import.meta.dirname, 'verify.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [script, '--json', '--dir', stackDir], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

describe('on a running stack', () => {
  it('the seed has left a demo file that only its owner can read', async () => {
    const { tenants, proxyUrl } = await demoFile();
    expect(tenants.map(({ name }) => name)).toEqual(['acme', 'globex']);
    expect(proxyUrl).toBe(stack.urls.proxy);
    expect((await stat(demoFileIn(dir))).mode & 0o777).toBe(0o600);
  });

  it('what a tenant pushes is there for that tenant on every path, and for nobody else', async () => {
    const { stdout } = await verify(dir);
    const rows = JSON.parse(stdout) as Row[];
    expect(rows.length).toBeGreaterThan(20);
    // How fast is the business of `npm run verify` on a machine which is not running tests beside it.
    expect(rows.filter(({ owner, other }) => owner !== 'seen' || other !== 'nothing')).toEqual([]);
  }, 90_000);

  it('verify exits with 1 when another tenant can see what it should not', async () => {
    const demo = await demoFile();
    const leaky = await mkdtemp(join(tmpdir(), 'obstack-leaky-'));
    // As if the second tenant's credentials let one in as the first.
    const [first] = demo.tenants;
    const tenants = first ? [first, { ...first, name: 'another' }] : [];
    await writeDemoFile(demoFileIn(leaky), { ...demo, tenants });
    const { code, stdout } = await verify(leaky);
    await rm(leaky, { recursive: true });
    expect((JSON.parse(stdout) as Row[]).filter(({ other }) => other === 'seen').length).toBeGreaterThan(0);
    expect(code).toBe(1);
  }, 90_000);

  it('verify exits with 2 when there is nothing to check', async () => {
    const { code, stderr } = await verify(join(dir, 'nothing-here'));
    expect(code).toBe(2);
    expect(stderr).toContain('start the stack first');
  });
});

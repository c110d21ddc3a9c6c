import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildProgress, ensureBinary, isBuilt } from './builds.ts';

// Go compiles its standard library at its first use on a machine.
jest.setTimeout(180_000);

let dir: string;
let sourceDir: string;
let cacheDir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'obstack-builds-'));
  sourceDir = join(dir, 'source');
  cacheDir = join(dir, 'cache');
  execFileSync('mkdir', [sourceDir]);
  writeFileSync(join(sourceDir, 'go.mod'), 'module example.test/hello\n\ngo 1.22\n');
  writeFileSync(join(sourceDir, 'main.go'), program('hello'));
  const recipe = {
    version: '1.2.3',
    package: '.',
    versionVariable: 'main.version',
    packages: 10,
    cpuSeconds: 2,
  };
  writeFileSync(join(sourceDir, 'build.json'), JSON.stringify(recipe));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function program(word: string): string {
  return `package main\n\nvar version = "unset"\n\nfunc main() { println("${word}", version) }\n`;
}

function build(onProgress?: (progress: BuildProgress) => void): Promise<string> {
  return ensureBinary('hello', { sourceDir, cacheDir, ...(onProgress && { onProgress }) });
}

/** What the Go program says: println writes to standard error. */
async function says(path: string): Promise<string> {
  const child = spawn(path, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  return said.trim();
}

/** Another process which asks for the same binary. */
function elsewhere(): ReturnType<typeof spawn> {
  const builds = JSON.stringify(new URL('./builds.ts', import.meta.url).href);
  const code = `import { ensureBinary } from ${builds};
    const onProgress = (progress) => console.log(progress.phase);
    console.log(await ensureBinary('hello', { ...${JSON.stringify({ sourceDir, cacheDir })}, onProgress }));`;
  return spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function output(child: ReturnType<typeof spawn>): Promise<string[]> {
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  return said.trim().split('\n');
}

describe('ensureBinary', () => {
  it('builds once, with progress, and then finds what it built', async () => {
    const phases: string[] = [];
    const path = await build(({ phase }) => phases.push(phase));
    expect(await says(path)).toBe('hello 1.2.3');
    expect(phases[0]).toBe('building');
    expect(phases.at(-1)).toBe('built');
    const again: string[] = [];
    expect(await build(({ phase }) => again.push(phase))).toBe(path);
    expect(again).toEqual([]);
  });

  it('builds anew when a file of the build changes, beside the old one', async () => {
    const old = await build();
    writeFileSync(join(sourceDir, 'main.go'), program('goodbye'));
    expect(isBuilt('hello', { sourceDir, cacheDir })).toBe(false);
    expect(await says(await build())).toBe('goodbye 1.2.3');
    expect(await says(old)).toBe('hello 1.2.3');
  });

  it('is built by one of several processes that ask at once', async () => {
    const [one, two, three] = await Promise.all([output(elsewhere()), output(elsewhere()), build()]);
    expect([one.at(-1), two.at(-1)]).toEqual([three, three]);
    const builders = [one, two].filter((said) => said.includes('built')).length;
    expect(builders).toBeLessThanOrEqual(1);
    expect(readdirSync(join(cacheDir, 'bin'))).toHaveLength(1);
  });

  it('goes on after a builder that was killed', async () => {
    const killed = elsewhere();
    await once(killed.stdout as NodeJS.ReadableStream, 'data'); // it has the lock and is building
    killed.kill('SIGKILL');
    await once(killed, 'close');
    expect(await says(await build())).toBe('hello 1.2.3');
  });

  it('says what to do when there is no Go', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = dir;
    try {
      await expect(build()).rejects.toMatchObject({
        message: 'hello 1.2.3 has to be built once, and there is no Go toolchain on PATH',
        remedy: expect.stringContaining('https://go.dev/dl/'),
      });
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('says which Go it needs when this one is too old', async () => {
    writeFileSync(join(sourceDir, 'go.mod'), 'module example.test/hello\n\ngo 1.999.0\n');
    process.env['GOTOOLCHAIN'] = 'local';
    try {
      await expect(build()).rejects.toMatchObject({
        remedy: expect.stringContaining('Install Go 1.999.0 or newer'),
      });
    } finally {
      delete process.env['GOTOOLCHAIN'];
    }
  });

  it('reports a failed build with what the compiler said, and leaves no binary', async () => {
    writeFileSync(join(sourceDir, 'main.go'), 'package main\n\nfunc main() { nothing() }\n');
    await expect(build()).rejects.toThrow(/building hello 1\.2\.3 failed:[^]*undefined: nothing/);
    expect(readdirSync(join(cacheDir, 'bin'))).toEqual([]);
  });

  it('stops when aborted', async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    await expect(
      ensureBinary('hello', { sourceDir, cacheDir, onProgress, signal: controller.signal }),
    ).rejects.toThrow('enough');
    expect(isBuilt('hello', { sourceDir, cacheDir })).toBe(false);
  });
});

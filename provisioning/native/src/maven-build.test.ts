/** With a Maven that only copies: what is ours is what is let in, and what becomes of it. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildProgress, ensureBinary, isBuilt } from './builds.ts';

let dir: string;
let sourceDir: string;
let cacheDir: string;
/** What the registry serves. */
let served: string;
let path: string | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'obstack-maven-'));
  [sourceDir, cacheDir, served] = ['source', 'cache', 'served'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [sourceDir, served, join(dir, 'bin')]) mkdirSync(folder);
  writeFileSync(join(sourceDir, 'pom.xml'), '<project/>');
  serve('a.jar', 'one');
  serve('b.jar', 'two');
  pin('a.jar', 'b.jar');
  recipe({});
  program('java', 'exit 0');
  // Copies what is served for both goals; what it unpacks is the file's name without its ending.
  program(
    'mvn',
    `for argument; do case "$argument" in
       -DoutputDirectory=*) out="\${argument#*=}" ;;
       *:copy-dependencies) goal=copy ;;
       *:unpack-dependencies) goal=unpack ;;
       --offline) offline=yes ;;
     esac; done
     mkdir -p "$out"
     for file in "${served}"/*; do
       name="$(basename "$file")"
       if [ "$goal" = copy ]; then cp "$file" "$out/"; echo "Downloaded from registry: $name"
       elif [ "$offline" = yes ]; then mkdir "$out/\${name%.*}"; cp "$file" "$out/\${name%.*}/content"
       else echo 'not offline'; exit 1; fi
     done`,
  );
  path = process.env['PATH'];
  process.env['PATH'] = `${join(dir, 'bin')}:${path ?? ''}`;
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(dir, { recursive: true, force: true });
});

function serve(name: string, content: string): void {
  writeFileSync(join(served, name), content);
}

function pin(...names: string[]): void {
  const lines = names.map((name) => {
    const sha256 = createHash('sha256')
      .update(readFileSync(join(served, name)))
      .digest('hex');
    return `${sha256}  ${name}\n`;
  });
  writeFileSync(join(sourceDir, 'SHA256SUMS'), lines.join(''));
}

function recipe(more: object): void {
  writeFileSync(join(sourceDir, 'build.json'), JSON.stringify({ version: '1.2.3', cpuSeconds: 2, ...more }));
}

function program(name: string, script: string): void {
  writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

const fetched = (onProgress?: (progress: BuildProgress) => void) =>
  ensureBinary('thing', { sourceDir, cacheDir, ...(onProgress && { onProgress }) });

describe('what comes from Maven', () => {
  it('is a folder with exactly the pinned files, fetched once', async () => {
    const phases: string[] = [];
    const folder = await fetched(({ phase }) => phases.push(phase));
    expect(readdirSync(folder).sort()).toEqual(['a.jar', 'b.jar']);
    expect([phases[0], phases.at(-1)]).toEqual(['downloading', 'built']);
    const again: string[] = [];
    expect(await fetched(({ phase }) => again.push(phase))).toBe(folder);
    expect(again).toEqual([]);
  });

  it('is the content of the files where they are to be unpacked, made ready by a command', async () => {
    recipe({ unpack: true, prepare: ['sh', '-c', 'cat a/content b/content > ready'] });
    const folder = await fetched();
    expect(readdirSync(folder).sort()).toEqual(['a', 'b', 'ready']);
    expect(readFileSync(join(folder, 'ready'), 'utf8')).toBe('onetwo');
  });

  it.each([
    ['a file that is another one', () => serve('b.jar', 'evil'), /b\.jar is not what is pinned/],
    ['a file more', () => serve('c.jar', 'evil'), /c\.jar is not what is pinned .*not among the pinned/],
    ['a file less', () => rmSync(join(served, 'b.jar')), /b\.jar is not what is pinned \(SHA-256 missing/],
  ])('is refused with %s', async (_what, spoil, message) => {
    recipe({ unpack: true });
    spoil();
    await expect(fetched()).rejects.toThrow(message);
    expect(isBuilt('thing', { sourceDir, cacheDir })).toBe(false);
    expect(readdirSync(join(cacheDir, 'bin'))).toEqual([]);
  });

  it('is made anew when a pin changes', async () => {
    const old = await fetched();
    serve('b.jar', 'three');
    pin('a.jar', 'b.jar');
    expect(readFileSync(join(await fetched(), 'b.jar'), 'utf8')).toBe('three');
    expect(existsSync(old)).toBe(true);
  });

  it('leaves nothing of a builder that was killed', async () => {
    const folder = await fetched();
    rmSync(folder, { recursive: true });
    mkdirSync(`${folder}.unfinished`);
    writeFileSync(join(`${folder}.unfinished`, 'half'), 'of it');
    expect(readdirSync(await fetched()).sort()).toEqual(['a.jar', 'b.jar']);
  });

  it('says what Maven said when it fails, and what to do where there is none', async () => {
    program('mvn', 'echo "[ERROR] no such artifact"; exit 1');
    await expect(fetched()).rejects.toThrow(/fetching thing 1\.2\.3 failed:\n\[ERROR\] no such artifact/);
    recipe({ prepare: ['false'] });
    process.env['PATH'] = join(dir, 'nowhere');
    await expect(fetched()).rejects.toMatchObject({
      message: expect.stringContaining('no `mvn` on PATH') as unknown,
      remedy: expect.stringContaining('Maven 3.6.3') as unknown,
    });
  });
});

/** With an archive and its checksum served from here. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildProgress, ensureBinary, isBuilt } from './builds.ts';

let dir: string;
let sourceDir: string;
let cacheDir: string;
let server: Server;
let url: string;
let served: Map<string, Buffer>;
const here = `${process.platform}-${process.arch}`;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'obstack-archive-'));
  sourceDir = join(dir, 'source');
  cacheDir = join(dir, 'cache');
  mkdirSync(sourceDir);
  served = new Map();
  server = createServer((request, response) => {
    const body = served.get(request.url ?? '');
    response.writeHead(body ? 200 : 404, { 'content-length': body?.length ?? 0 }).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  recipe({ [here]: 'this_machine' });
  const archive = packed({ 'bin/hello': 'hello', 'conf/defaults.ini': '' });
  serve(archive, sha256(archive));
});
afterEach(() => {
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

function recipe(platforms: Record<string, string>, at = url): void {
  const archive = `${at}/hello_1.2.3_{platform}.tar.gz`;
  writeFileSync(
    join(sourceDir, 'build.json'),
    JSON.stringify({ version: '1.2.3', archive, platforms, cpuSeconds: 1 }),
  );
}

function packed(files: Record<string, string>): Buffer {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(dir, 'hello-1.2.3', name, '..'), { recursive: true });
    writeFileSync(join(dir, 'hello-1.2.3', name), text);
  }
  execFileSync('tar', ['-czf', join(dir, 'packed.tar.gz'), '-C', dir, 'hello-1.2.3']);
  return readFileSync(join(dir, 'packed.tar.gz'));
}

function serve(archive: Buffer, checksum: string): void {
  served.set('/hello_1.2.3_this_machine.tar.gz', archive);
  served.set('/hello_1.2.3_this_machine.tar.gz.sha256', Buffer.from(checksum));
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const fetchHello = (onProgress?: (progress: BuildProgress) => void) =>
  ensureBinary('hello', { sourceDir, cacheDir, ...(onProgress && { onProgress }) });

describe('an archive', () => {
  it('is fetched once, with progress, and unpacked without its own folder', async () => {
    const phases: BuildProgress[] = [];
    const folder = await fetchHello((progress) => phases.push(progress));
    expect(readFileSync(join(folder, 'bin/hello'), 'utf8')).toBe('hello');
    expect(readdirSync(folder).sort()).toEqual(['bin', 'conf']);
    const size = served.get('/hello_1.2.3_this_machine.tar.gz')?.length;
    expect(phases).toContainEqual({
      phase: 'fetching',
      name: 'hello',
      version: '1.2.3',
      bytes: size,
      ofBytes: size,
    });
    expect(phases.at(-1)).toMatchObject({ phase: 'built' });
    served.clear();
    expect(await fetchHello()).toBe(folder);
  });

  it('is let in by its checksum alone, as `sha256sum` writes it as well', async () => {
    const archive = packed({ 'bin/hello': 'changed on the way' });
    serve(archive, 'a'.repeat(64));
    await expect(fetchHello()).rejects.toThrow(/is not what its makers published/);
    expect(isBuilt('hello', { sourceDir, cacheDir })).toBe(false);
    expect(readdirSync(join(cacheDir, 'bin'))).toEqual([]);
    serve(archive, `${sha256(archive)}  hello_1.2.3_this_machine.tar.gz\n`);
    expect(existsSync(await fetchHello())).toBe(true);
  });

  it('is not even asked for without one', async () => {
    served.delete('/hello_1.2.3_this_machine.tar.gz.sha256');
    await expect(fetchHello()).rejects.toThrow(/cannot be downloaded.*\(it answered 404\)/);
    served.set('/hello_1.2.3_this_machine.tar.gz.sha256', Buffer.from('<html>sign in to the network</html>'));
    await expect(fetchHello()).rejects.toThrow(/is no SHA-256 checksum/);
  });

  it('is told of where the network does not allow it, with what to do', async () => {
    recipe({ [here]: 'this_machine' }, 'http://nowhere.invalid');
    await expect(fetchHello()).rejects.toMatchObject({
      message: expect.stringMatching(
        /does not allow http:\/\/nowhere.invalid \((ENOTFOUND|EAI_AGAIN)\)/,
      ) as unknown,
      remedy: expect.stringContaining('GRAFANA_HOME') as unknown,
    });
  });

  it('is told of where there is none for the machine', async () => {
    recipe({ 'plan9-mips': 'plan9' });
    await expect(fetchHello()).rejects.toThrow(/there is no hello 1.2.3 for/);
  });
});

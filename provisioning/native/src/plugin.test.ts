import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isStale, linkPlugin, pluginDist } from './plugin.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'obstack-plugin-'));
  write('src/deep/page.tsx', 100);
  write('package.json', 100);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(name: string, second: number): void {
  const file = join(dir, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '');
  utimesSync(file, second, second);
}
const stale = () => isStale(join(dir, 'dist'), [join(dir, 'src'), join(dir, 'package.json')]);

describe('what was built', () => {
  it('is stale when it is not there', () => {
    expect(stale()).toBe(true);
    mkdirSync(join(dir, 'dist'));
    expect(stale()).toBe(true);
  });

  it('is stale when a source is newer, at any depth', () => {
    write('dist/module.js', 50);
    write('dist/datasource/module.js', 101);
    expect(stale()).toBe(false);
    write('src/deep/page.tsx', 102);
    expect(stale()).toBe(true);
    write('dist/plugin.json', 103);
    expect(stale()).toBe(false);
    write('package.json', 104);
    expect(stale()).toBe(true);
  });

  it('is not stale for a test', () => {
    write('dist/module.js', 101);
    write('src/deep/page.test.tsx', 200);
    expect(stale()).toBe(false);
  });
});

it('the app is put beside other plugins, in place of itself', () => {
  const plugins = join(dir, 'plugins');
  mkdirSync(join(plugins, 'another'), { recursive: true });
  mkdirSync(join(plugins, 'obstack-app'));
  linkPlugin(plugins);
  linkPlugin(plugins);
  expect(readdirSync(plugins).sort()).toEqual(['another', 'obstack-app']);
  expect(readlinkSync(join(plugins, 'obstack-app')).replace(/[\\/]$/, '')).toBe(pluginDist);
});

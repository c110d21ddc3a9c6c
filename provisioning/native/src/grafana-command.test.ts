import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { grafanaCommand, grafanaImage, type GrafanaPlace } from './grafana-command.ts';
import { pluginDist } from './plugin.ts';

let dir: string;
let place: GrafanaPlace;
let path: string | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'obstack-grafana-'));
  place = {
    dir,
    dataDir: join(dir, 'data'),
    configFile: '/clone/provisioning/grafana/grafana.ini',
    address: { host: '127.0.0.1', port: 3000 },
    secrets: { secretKey: 'key', adminPassword: 'password' },
    archive: () => '/cache/grafana-12.3.0',
    plainEnv: (extra) => extra,
  };
  // One that does nothing: no container is there to be removed.
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'docker'), '#!/bin/sh\nexit 0\n');
  chmodSync(join(bin, 'docker'), 0o755);
  path = process.env['PATH'];
  process.env['PATH'] = bin + delimiter + (path ?? '');
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(dir, { recursive: true, force: true });
});

const WAYS = [
  { kind: 'home', dir: '/opt/grafana', program: '/opt/grafana/bin/grafana' },
  { kind: 'archive' },
  { kind: 'docker' },
] as const;

describe.each(WAYS)('Grafana by way of $kind', (way) => {
  it('gets the app, the same settings, and no secret on its command line', () => {
    const { args, env } = grafanaCommand(way, place);
    expect(readlinkSync(join(place.dataDir, 'plugins/obstack-app')).replace(/[\\/]$/, '')).toBe(pluginDist);
    expect(args).toContain(`--config=${place.configFile}`);
    const told = way.kind === 'docker' ? args.join('\n') : JSON.stringify(env);
    for (const setting of ['GF_SERVER_HTTP_PORT', 'GF_PATHS_PLUGINS', 'GF_SECURITY_ADMIN_PASSWORD']) {
      expect(told).toContain(setting);
    }
    expect(told).toContain(`$__file{${join(dir, 'secrets/password')}}`);
  });
});

describe('the program', () => {
  it('is that of the choice, with its own home', () => {
    expect(grafanaCommand(WAYS[0], place)).toMatchObject({ file: WAYS[0].program, cwd: '/opt/grafana' });
    const fetched = grafanaCommand(WAYS[1], place);
    expect(fetched.args).toContain('--homepath=/cache/grafana-12.3.0');
  });

  it('of a container sees what it needs under the same paths, and goes with its client', () => {
    const { file, args } = grafanaCommand(WAYS[2], place);
    expect(file).toBe('docker');
    expect(args.slice(0, 3)).toEqual(['run', '--rm', '--init']);
    expect(args).toEqual(
      expect.arrayContaining([
        'host',
        `${place.dataDir}:${place.dataDir}:rw`,
        `${pluginDist}:${pluginDist}:ro`,
        `${place.configFile}:${place.configFile}:ro`,
        grafanaImage,
        '--homepath=/usr/share/grafana',
      ]),
    );
  });
});

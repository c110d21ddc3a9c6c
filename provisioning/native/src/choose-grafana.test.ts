import { describe, expect, it } from '@jest/globals';
import { chooseGrafana, type Machine } from './choose-grafana.ts';

/** A machine with nothing on it, but for what is given. */
function machine(has: Partial<Machine> & { homes?: string[] }): Machine {
  const { homes = [], ...rest } = has;
  return {
    env: {},
    platform: 'linux',
    findOnPath: () => undefined,
    isHome: (dir) => homes.includes(dir),
    isFile: (path) => homes.some((home) => path === `${home}/bin/grafana`),
    realPath: (path) => path,
    isFetched: () => false,
    hasDockerEngine: () => false,
    ...rest,
  };
}
const choose = (has: Parameters<typeof machine>[0], fetchGrafana = false) =>
  chooseGrafana({ fetchGrafana }, machine(has));

const named = { env: { GRAFANA_HOME: '/opt/grafana' }, homes: ['/opt/grafana'] };
const onPath = { findOnPath: () => '/usr/local/grafana/bin/grafana', homes: ['/usr/local/grafana'] };
const docker = { hasDockerEngine: () => true };
const fetched = { isFetched: () => true };

describe('the Grafana of a start', () => {
  it('is the one that was named, before all others', () => {
    const program = '/opt/grafana/bin/grafana';
    const expected = { kind: 'home', dir: '/opt/grafana', program };
    expect(choose({ ...onPath, ...docker, ...fetched, ...named }, true)).toEqual(expected);
  });

  it('is no other where the one that was named is none', () => {
    const wrong = { env: { GRAFANA_HOME: '/opt/empty' } };
    expect(choose({ ...onPath, ...docker, ...fetched, ...wrong }, true)).toEqual({
      kind: 'none',
      why: expect.stringContaining('GRAFANA_HOME holds no Grafana') as unknown,
    });
  });

  it('is the one on PATH, with the home above its own folder, or where packages put it', () => {
    expect(choose({ ...onPath, ...docker, ...fetched }, true)).toMatchObject({ dir: '/usr/local/grafana' });
    const packaged = { findOnPath: () => '/usr/sbin/grafana', homes: ['/usr/share/grafana'] };
    expect(choose(packaged)).toEqual({
      kind: 'home',
      dir: '/usr/share/grafana',
      program: '/usr/sbin/grafana',
    });
    // A link leads to where it is.
    const linked = { ...onPath, findOnPath: () => '/usr/bin/grafana', realPath: onPath.findOnPath };
    expect(choose(linked)).toMatchObject({ dir: '/usr/local/grafana', program: '/usr/bin/grafana' });
  });

  it('is the one that was downloaded before, without being told again', () => {
    expect(choose({ ...docker, ...fetched })).toEqual({ kind: 'archive' });
  });

  it('is in a container where an engine runs, and the container shares the network', () => {
    expect(choose(docker)).toEqual({ kind: 'docker' });
    expect(choose(docker, true)).toEqual({ kind: 'docker' });
    expect(choose({ ...docker, platform: 'darwin' }, true)).toEqual({ kind: 'archive' });
    expect(choose({ ...docker, platform: 'darwin' })).toMatchObject({ kind: 'none' });
  });

  it('is downloaded when there is no other, and only when somebody says so', () => {
    expect(choose({}, true)).toEqual({ kind: 'archive' });
    expect(choose({})).toEqual({ kind: 'none', why: expect.stringContaining('--with-grafana') as unknown });
  });

  it('a program on PATH without a home is told of', () => {
    const stray = { findOnPath: () => '/usr/bin/grafana' };
    expect(choose(stray)).toEqual({ kind: 'none', why: expect.stringContaining('has no home') as unknown });
    expect(choose(stray, true)).toEqual({ kind: 'archive' });
  });
});

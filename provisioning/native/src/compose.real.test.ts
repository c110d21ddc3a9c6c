/** What Docker Compose itself says to our file. It needs no engine for that. */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBinary } from './builds.ts';
import { repositoryDir } from './paths.ts';

// Where Docker's plugin is missing, Compose is built: minutes on a small machine, once.
jest.setTimeout(900_000);

let compose: string[];
beforeAll(async () => {
  compose = hasPlugin() ? ['docker', 'compose'] : [await ensureBinary('docker-compose')];
});

function hasPlugin(): boolean {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function config(env: Record<string, string>, ...profiles: string[]) {
  const [file = '', ...rest] = compose;
  const args = ['--env-file=/dev/null', '--file', join(repositoryDir, 'docker-compose.yml')];
  return spawnSync(file, [...rest, ...args, ...profiles.map((name) => `--profile=${name}`), 'config'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
  });
}

const secrets = {
  POSTGRES_PASSWORD: 'p'.repeat(48),
  INTERNAL_TOKEN: 't'.repeat(48),
  ENCRYPTION_KEY: 'e'.repeat(48),
  GRAFANA_ADMIN_PASSWORD: 'a'.repeat(48),
  GRAFANA_SECRET_KEY: 'k'.repeat(48),
  KEYCLOAK_DATABASE_PASSWORD: 'd'.repeat(48),
  KEYCLOAK_ADMIN_CLIENT_SECRET: 'c'.repeat(48),
  S3_SECRET_KEY: 's'.repeat(48),
};

describe('docker compose config', () => {
  it.each([[[]], [['demo']]])('accepts the file without a complaint, profiles %j', (profiles: string[]) => {
    const { status, stdout, stderr } = config(secrets, ...profiles);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('127.0.0.1');
    expect(stdout.includes('demo-prometheus:')).toBe(profiles.length > 0);
  });

  it.each(Object.keys(secrets))('refuses to go on without %s, and names it', (name) => {
    const { status, stderr } = config({ ...secrets, [name]: '' });
    expect(status).not.toBe(0);
    expect(stderr).toContain(name);
  });
});

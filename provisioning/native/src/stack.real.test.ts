/** The whole product, natively, from nothing: up, hit, stopped and started again. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PartName } from './parts.ts';
import { identify, isAlive, type ProcessIdentity } from './processes.ts';
import { type Stack, type StackEvent, startStack } from './stack.ts';
import { readState } from './state.ts';

// Where the binaries are not built yet, this builds them: many minutes on a small machine, once.
jest.setTimeout(1_800_000);

const core: PartName[] = [
  'postgres',
  'loki',
  'prometheus',
  'tempo',
  'alertmanager',
  'otel-collector',
  'control-plane',
  'proxy',
];
const tenant = randomUUID();
const mark = `mark-${randomBytes(4).toString('hex')}`;
const traceId = randomBytes(16).toString('hex');

let dir: string;
let stack: Stack;
let events: StackEvent[] = [];

const start = () =>
  startStack({ dir, ports: 'free', parts: core, onProgress: (event) => events.push(event) });

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'obstack-full-'));
  stack = await start();
});
afterAll(async () => {
  await stack.stop();
  rmSync(dir, { recursive: true, force: true });
});

function env(name: string): string {
  return stack.env[name] ?? '';
}

const nanoseconds = () => `${Date.now()}000000`;
const resource = { attributes: [{ key: 'service.name', value: { stringValue: mark } }] };

/** Pushes one event to the Collector, as the proxy does. */
async function push(signal: 'logs' | 'metrics' | 'traces'): Promise<number> {
  const bodies = {
    logs: {
      resourceLogs: [
        {
          resource,
          scopeLogs: [{ logRecords: [{ timeUnixNano: nanoseconds(), body: { stringValue: mark } }] }],
        },
      ],
    },
    metrics: {
      resourceMetrics: [
        {
          resource,
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'obstack.test',
                  gauge: { dataPoints: [{ asInt: '1', timeUnixNano: nanoseconds() }] },
                },
              ],
            },
          ],
        },
      ],
    },
    traces: {
      resourceSpans: [
        {
          resource,
          scopeSpans: [
            {
              spans: [
                {
                  traceId,
                  spanId: traceId.slice(0, 16),
                  name: mark,
                  startTimeUnixNano: nanoseconds(),
                  endTimeUnixNano: nanoseconds(),
                },
              ],
            },
          ],
        },
      ],
    },
  };
  const reply = await fetch(`${env('OTEL_COLLECTOR_URL')}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scope-orgid': tenant },
    body: JSON.stringify(bodies[signal]),
  });
  await reply.text();
  return reply.status;
}

async function ask(
  url: string,
  headers: Record<string, string> = { 'x-scope-orgid': tenant },
): Promise<string> {
  return await (await fetch(url, { headers })).text();
}

const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;
const found = {
  logs: async () => {
    const query = encodeURIComponent(`{tenant_id="${tenant}"} |= "${mark}"`);
    return (await ask(`${env('LOKI_URL')}/loki/api/v1/query_range?since=1h&query=${query}`)).includes(
      `"${mark}"]`,
    );
  },
  metrics: async () => {
    const query = encodeURIComponent(
      `last_over_time(obstack_test{tenant_id="${tenant}",service_name="${mark}"}[1h])`,
    );
    return (await ask(`${env('PROMETHEUS_URL')}/api/v1/query?query=${query}`)).includes('"value"');
  },
  traces: async () => {
    const query = encodeURIComponent(`{ resource.tenant_id = "${tenant}" && name = "${mark}" }`);
    const range = `start=${seconds(-3600)}&end=${seconds(60)}`;
    return (await ask(`${env('TEMPO_URL')}/api/search?q=${query}&${range}`)).includes(mark);
  },
  'trace metrics': async () => {
    const query = encodeURIComponent(`{ resource.tenant_id = "${tenant}" } | count_over_time()`);
    const range = `start=${seconds(-600)}&end=${seconds(60)}&step=60s`;
    return /"value": ?1/.test(await ask(`${env('TEMPO_URL')}/api/metrics/query_range?q=${query}&${range}`));
  },
};

/** How long until `condition` held, in seconds. */
async function secondsUntil(condition: () => boolean | Promise<boolean>): Promise<number> {
  const startedAt = Date.now();
  while (!(await Promise.resolve(condition()).catch(() => false))) {
    if (Date.now() - startedAt > 30_000) throw new Error('not within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return (Date.now() - startedAt) / 1000;
}

async function operator(path: string, body?: unknown): Promise<string> {
  const { token } = JSON.parse(readFileSync(env('OPERATOR_FILE'), 'utf8')) as { token: string };
  const reply = await fetch(`${env('CONTROL_PLANE_URL')}/api/v1${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  expect(reply.ok).toBe(true);
  return reply.text();
}

const identities = (): ProcessIdentity[] => Object.values(readState(dir).processes);

describe('the native stack', () => {
  it('has every part up, and tells where', async () => {
    expect([...stack.parts].sort()).toEqual([...core].sort());
    expect(identities()).toHaveLength(core.length);
    expect((await fetch(`http://${env('PROXY_METRICS_LISTEN')}/readyz`)).status).toBe(200);
    expect((await fetch(`${stack.urls['control-plane']}/api/v1/health`)).status).toBe(200);
  });

  (process.platform === 'linux' ? it : it.skip)('listens on loopback only', () => {
    const open = identities().flatMap(({ pid }) => listeners(pid));
    expect(open.length).toBeGreaterThanOrEqual(12);
    expect(open.filter(({ address }) => !isLoopback(address))).toEqual([]);
  });

  it.each(['logs', 'metrics', 'traces'] as const)('takes %s and shows them in under 5 s', async (signal) => {
    expect(await push(signal)).toBe(200);
    expect(await secondsUntil(found[signal])).toBeLessThan(5);
  });

  it('answers TraceQL metrics in under 5 s too', async () => {
    expect(await secondsUntil(found['trace metrics'])).toBeLessThan(5);
  });

  it.each([
    ['loki', 'logs'],
    ['tempo', 'traces'],
    ['prometheus', 'metrics'],
  ] as const)('says 503 while %s is down, and takes %s again when it is back', async (part, signal) => {
    await stack.kill(part);
    expect(await push(signal)).toBe(503);
    await stack.start(part);
    expect(await push(signal)).toBe(200);
    await secondsUntil(found[signal]);
  });

  it('starts a part again that dies, and says so', async () => {
    events = [];
    const pid = stack.pid('loki') ?? 0;
    process.kill(pid, 'SIGKILL');
    const of = (state: string) =>
      events.some((event) => event.type === 'part' && event.part === 'loki' && event.event.state === state);
    await secondsUntil(() => of('ready'));
    expect(of('died')).toBe(true);
    expect(stack.pid('loki')).not.toBe(pid);
    await secondsUntil(found.logs); // what it had acknowledged is still there
  });

  it('keeps its data, its credentials and its addresses over a restart, and leaves no process between', async () => {
    await operator('/tenants', { name: mark });
    const before = { urls: stack.urls, processes: identities() };
    await stack.stop();
    expect(before.processes.filter(isAlive)).toEqual([]);
    expect(identify(stack.pid('postgres') ?? 0)).toBeUndefined();

    const startedAt = Date.now();
    stack = await start();
    expect((Date.now() - startedAt) / 1000).toBeLessThan(30);
    expect(stack.urls).toEqual(before.urls);
    expect(await operator('/tenants')).toContain(mark);
    for (const signal of ['logs', 'metrics', 'traces'] as const) await secondsUntil(found[signal]);
  });
});

/** The sockets on which a process listens, by /proc (proc(5): addresses and ports are hex, state 0A is LISTEN). */
function listeners(pid: number): { address: string; port: number }[] {
  const own = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`)));
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && own.has(`socket:[${fields[9] ?? ''}]`))
      .map((fields) => fields[1]?.split(':') ?? [])
      .map(([address = '', port = '']) => ({ address, port: parseInt(port, 16) })),
  );
}

/** 127.0.0.0/8, ::1, and the former as an IPv6 address; in the byte order of /proc/net. */
function isLoopback(address: string): boolean {
  return /^([0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/.test(address);
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}

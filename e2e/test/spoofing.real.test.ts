// Class 27: whatever a push says about its tenant, at any level and in any spelling, it ends up with the tenant of
// its key. Looked up in the raw stores, not through the proxy.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Signal } from '@obstack/contracts';
import snappy from 'snappy';
import { encode } from '../../proxy/test/ingest/codec.ts';
import type { MessageName } from '../../proxy/test/ingest/codec.ts';
import { SPOOFS } from '../../proxy/test/ingest/model.ts';
import { attribute, doubleBits } from '../../proxy/test/ingest/payloads.ts';
import type { KeyValue } from '../../proxy/test/ingest/payloads.ts';
import { spoofedRequest } from '../../proxy/test/ingest/spoofed.ts';
import type { Lab } from '../src/lab/lab.ts';
import { startProxy } from '../src/lab/start-proxy.ts';
import type { LabProxy } from '../src/lab/start-proxy.ts';
import { credentialsOf } from '../src/lab/tenants.ts';
import { until } from '../src/lab/until.ts';
import { useLab } from '../src/lab/use-lab.ts';

// Neither is one of the lab's tenants: what is pushed here must not show in other suites.
const ME = '3f2a7c10-5b1e-4d77-9c3a-0000000000e1';
const VICTIM = '3f2a7c10-5b1e-4d77-9c3a-0000000000e2';
const KEY = credentialsOf('spoofer').ingestKey;
/** Loki's and Tempo's tenant for the tests of the label lock alone; nobody else's. */
const COMMON = 'spoofing';

const REQUEST = { logs: 'Logs', metrics: 'Metrics', traces: 'Trace' } as const;
const PROTOBUF = 'application/x-protobuf';

let lab: Lab;
let nextTrace = 0;
beforeAll(async () => {
  lab = await useLab();
}, 120_000);

/** Every spelling, plain and as a map in a map. */
const CLAIMS: KeyValue[] = [
  ...SPOOFS.map((name) => attribute(name, VICTIM)),
  { key: 'tenant', value: { kvlistValue: { values: [attribute('id', VICTIM), attribute('.', 'kept')] } } },
];

/** A push that is found again by `run`, with its trace id. */
function spoof(signal: Signal, run: string, claims: readonly KeyValue[]): { traceId: string; json: object } {
  const traceId = `5b00f${String(++nextTrace).padStart(27, '0')}`;
  const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n);
  return { traceId, json: spoofedRequest(signal, claims, { run, timeUnixNano, traceId }) };
}

const toBytes = (signal: Signal, json: object): Buffer =>
  encode(`otlp.Export${REQUEST[signal]}ServiceRequest` satisfies MessageName, withBytes(json));

/** Ids are hex in JSON and bytes in protobuf. */
function withBytes(json: object): object {
  return JSON.parse(JSON.stringify(json), (key, value: unknown) =>
    (key === 'traceId' || key === 'spanId') && typeof value === 'string'
      ? [...Buffer.from(value, 'hex')]
      : value,
  ) as object;
}

async function post(url: string, body: string | Buffer, headers: Record<string, string>): Promise<void> {
  const reply = await fetch(url, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
  if (!reply.ok) throw new Error(`${url} answered ${reply.status}: ${await reply.text()}`);
}

async function read(url: string, storageTenant: string): Promise<string> {
  const reply = await fetch(url, { headers: { 'x-scope-orgid': storageTenant, accept: 'application/json' } });
  return reply.ok ? await reply.text() : '';
}

/** What a raw store has of a run; empty when nothing. */
const STORED: Record<Signal, (run: string, storageTenant: string, traceId: string) => Promise<string>> = {
  logs: async (run, storageTenant) => {
    const query = encodeURIComponent(`{service_name="${run}"}`);
    const text = await read(`${lab.loki}/loki/api/v1/query_range?query=${query}&since=1h`, storageTenant);
    return text.includes(run) ? text : '';
  },
  traces: async (_run, storageTenant, traceId) => read(`${lab.tempo}/api/traces/${traceId}`, storageTenant),
  metrics: async (run, storageTenant) => {
    const match = encodeURIComponent(`{run="${run}"}`);
    const series = await read(`${lab.prometheus}/api/v1/series?match[]=${match}`, storageTenant);
    const range = `start=${Date.now() / 1000 - 600}&end=${Date.now() / 1000 + 600}`;
    const exemplars = await read(
      `${lab.prometheus}/api/v1/query_exemplars?query=${match}&${range}`,
      storageTenant,
    );
    return series.includes(run) ? series + exemplars : '';
  },
};

const storedOf = (signal: Signal, run: string, storageTenant: string, traceId: string): Promise<string> =>
  until(`${run} is in the store`, () => STORED[signal](run, storageTenant, traceId));

describe.each(['logs', 'metrics', 'traces'] as const)('a push of %s that claims another tenant', (signal) => {
  let proxy: LabProxy;
  /** Past the Collector, which stamps a second time, into one storage tenant: only our stamp is left. */
  let labelLockAlone: LabProxy;
  const direct = (): string =>
    ({ logs: `${lab.loki}/otlp`, metrics: `${lab.prometheus}/api/v1/otlp`, traces: lab.tempoOtlp })[signal];
  beforeAll(async () => {
    proxy = await startProxy(lab);
    labelLockAlone = await startProxy({ ...lab, collector: direct() }, { storageTenant: () => COMMON });
    for (const { controlPlane } of [proxy, labelLockAlone]) {
      controlPlane.know(KEY, { kind: 'ingestion-key', tenantId: ME });
    }
  });
  afterAll(async () => {
    await proxy.close();
    await labelLockAlone.close();
  });

  it.each([
    ['protobuf', PROTOBUF],
    ['JSON', 'application/json'],
  ])('ends up with the tenant of its key (%s)', async (name, type) => {
    for (const [through, storageTenant] of [
      [proxy, ME],
      [labelLockAlone, COMMON],
    ] as const) {
      const run = `spoof-${signal}-${name}-${storageTenant}`;
      const { traceId, json } = spoof(signal, run, CLAIMS);
      const body = type === PROTOBUF ? toBytes(signal, json) : JSON.stringify(json);
      await post(`${through.urls.main}/v1/${signal}`, body, {
        'content-type': type,
        authorization: `Bearer ${KEY}`,
        'x-scope-orgid': VICTIM,
      });
      const stored = await storedOf(signal, run, storageTenant, traceId);
      expect(stored).not.toContain(VICTIM);
      expect(stored).toContain(ME);
      if (signal !== 'metrics') expect(await STORED[signal](run, VICTIM, traceId)).toBe('');
    }
  });

  it('would reach the other tenant without the stamp: this suite can see it', async () => {
    const run = `spoof-${signal}-direct`;
    const { traceId, json } = spoof(signal, run, [attribute('tenant_id', VICTIM)]);
    await post(`${direct()}/v1/${signal}`, toBytes(signal, json), {
      'content-type': PROTOBUF,
      'x-scope-orgid': COMMON,
    });
    expect(await storedOf(signal, run, COMMON, traceId)).toContain(VICTIM);
  });
});

describe('a remote_write that claims another tenant', () => {
  let proxy: LabProxy;
  beforeAll(async () => {
    proxy = await startProxy(lab);
    proxy.controlPlane.know(KEY, { kind: 'ingestion-key', tenantId: ME });
  });
  afterAll(() => proxy.close());

  type Label = [name: string, value: string];
  const sorted = (labels: Label[]): Label[] =>
    labels.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const labelsOf = (run: string): Label[] =>
    sorted([['__name__', 'spoofed'], ['run', run], ...SPOOFS.map((name): Label => [name, VICTIM])]);
  const exemplarOf = sorted([
    ['trace_id', 'abc'],
    ['tenant_id', VICTIM],
    ['tenant.id', VICTIM],
  ]);
  const sample = (): object => ({ valueBits: doubleBits(1), timestamp: String(Date.now()) });

  const write = async (url: string, body: Buffer, type: string): Promise<void> =>
    post(`${url}/api/v1/write`, snappy.compressSync(body), {
      'content-type': type,
      'content-encoding': 'snappy',
      authorization: `Bearer ${KEY}`,
    });

  const v1 = (run: string): Buffer => {
    const pairs = (labels: Label[]): object[] => labels.map(([name, value]) => ({ name, value }));
    const exemplars = [{ labels: pairs(exemplarOf), value: 1, timestamp: String(Date.now()) }];
    return encode('remotewrite.V1.WriteRequest', {
      timeseries: [{ labels: pairs(labelsOf(run)), samples: [sample()], exemplars }],
    });
  };
  const v2 = (run: string): Buffer => {
    // Every name and value twice, and names that serve as values: the second spelling is as good as the first.
    const symbols = ['', ...[...labelsOf(run), ...exemplarOf].flat()];
    const refs = (labels: Label[]): number[] =>
      labels.flatMap(([name, value]) => [symbols.lastIndexOf(name), symbols.indexOf(value)]);
    const exemplars = [{ labelsRefs: refs(exemplarOf), value: 1, timestamp: String(Date.now()) }];
    return encode('remotewrite.V2.Request', {
      symbols,
      timeseries: [{ labelsRefs: refs(labelsOf(run)), samples: [sample()], exemplars }],
    });
  };

  it.each([
    ['1.0', v1, PROTOBUF],
    ['2.0', v2, `${PROTOBUF};proto=io.prometheus.write.v2.Request`],
  ])('%s ends up with the tenant of its key', async (version, build, type) => {
    const run = `spoof-remote-write-${version}`;
    await write(proxy.urls.main, build(run), type);
    const stored = await storedOf('metrics', run, ME, '');
    expect(stored).not.toContain(VICTIM);
    expect(stored).toContain(`"tenant_id":"${ME}"`);
    expect(stored).toContain('"trace_id":"abc"');
  });

  it('would reach the other tenant without the stamp: this suite can see it', async () => {
    await write(lab.prometheus, v1('spoof-remote-write-direct'), PROTOBUF);
    expect(await storedOf('metrics', 'spoof-remote-write-direct', ME, '')).toContain(
      `"tenant_id":"${VICTIM}"`,
    );
  });
});

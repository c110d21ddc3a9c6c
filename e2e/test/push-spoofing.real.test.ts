// Class 27: whatever name and level a sender writes another tenant's id at, nothing that a store keeps says that it is
// that tenant's. Pushed through the proxy, asserted on the raw stores: once behind the Collector, as in production,
// and once straight into each store, without the Collector's second stamp.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Signal } from '@obstack/contracts';
import {
  attribute,
  doubleBits,
  encodeMessage,
  INNOCENT,
  normaliseLabelName,
  spoofedRequest,
  SPOOFS,
} from '@obstack/proxy/testing';
import type { KeyValue } from '@obstack/proxy/testing';
import snappy from 'snappy';
import type { Lab } from '../src/lab/lab.ts';
import { startProxy } from '../src/lab/start-proxy.ts';
import type { LabProxy } from '../src/lab/start-proxy.ts';
import { credentialsOf } from '../src/lab/tenants.ts';
import { until } from '../src/lab/until.ts';
import { useLab } from '../src/lab/use-lab.ts';

/** Names that some store on the way makes `tenant_id` of, and names that a careless comparison takes for it. */
const SPELLINGS = [
  ...SPOOFS,
  ...INNOCENT,
  ...[
    'tenant:id',
    'tenant\tid',
    'tenant\nid',
    'tenant..id',
    '__tenant_id',
    'tenant\u00a0id',
    'tenant\u00b7id',
  ],
  ...[
    'tenant\uff3fid',
    'tenant\u200bid',
    '\ufefftenant_id',
    'TENANT.ID',
    '\uff54enant_id',
    'tenant_id\u0301',
    'X-Scope-OrgID',
  ],
];

let lab: Lab;
const attacker = { id: randomUUID(), ...credentialsOf('attacker') };
/** A tenant without any data, so that anything found in its name is a break-in. */
const victim = { id: randomUUID(), ...credentialsOf('victim') };
let serial = 0;
const nextMarker = (): string => `spoof_${process.pid}_${(serial += 1)}`;

beforeAll(async () => {
  lab = await useLab();
}, 120_000);

async function startSpoofProxy(collector: string): Promise<LabProxy> {
  const proxy = await startProxy({ ...lab, collector });
  for (const { id, ingestKey, queryToken } of [attacker, victim]) {
    proxy.controlPlane.know(ingestKey, { kind: 'ingestion-key', tenantId: id });
    proxy.controlPlane.know(queryToken, { kind: 'query-token', tenantId: id });
  }
  return proxy;
}

const push = async (
  url: string,
  body: Buffer | string,
  contentType: string,
  more: Record<string, string> = {},
): Promise<{ status: number; text: string }> => {
  const reply = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: {
      authorization: `Bearer ${attacker.ingestKey}`,
      'content-type': contentType,
      'x-scope-orgid': victim.id,
      tenant_id: victim.id,
      ...more,
    },
  });
  return { status: reply.status, text: await reply.text() };
};

const json = async (url: string, headers: Record<string, string> = {}): Promise<unknown> => {
  const reply = await fetch(url, { headers });
  if (!reply.ok) throw new Error(`${url} answered ${reply.status}: ${await reply.text()}`);
  return reply.json();
};

type Labels = Record<string, string>;

/** No label of the set is the tenant's but the one that says the attacker's own id. */
function expectAttackersOwn(labels: Labels): void {
  for (const [name, value] of Object.entries(labels)) {
    if (name === 'tenant_id') expect(value).toBe(attacker.id);
    else if (normaliseLabelName(name) === 'tenant_id') expect({ name, value }).toBe('stripped');
  }
}

const inPrometheus = async (match: string): Promise<Labels[]> => {
  const reply = (await json(`${lab.prometheus}/api/v1/series?match[]=${encodeURIComponent(match)}`)) as {
    data: Labels[];
  };
  return reply.data;
};

async function inLoki(
  storageTenant: string,
  query: string,
): Promise<{ stream: Labels; metadata: Labels[] }[]> {
  const url = `${lab.loki}/loki/api/v1/query_range?limit=5000&since=1h&query=${encodeURIComponent(query)}`;
  const reply = (await json(url, {
    'x-scope-orgid': storageTenant,
    'x-loki-response-encoding-flags': 'categorize-labels',
  })) as {
    data: { result: { stream: Labels; values: [string, string, { structuredMetadata?: Labels }][] }[] };
  };
  return reply.data.result.map(({ stream, values }) => ({
    stream,
    metadata: values.map(([, , { structuredMetadata = {} }]) => structuredMetadata),
  }));
}

/** Nothing anywhere is the victim's. */
async function expectNothingOfTheVictim(): Promise<void> {
  expect(await inPrometheus(`{tenant_id=~".*${victim.id}.*"}`)).toEqual([]);
  const exemplars = await json(
    `${lab.prometheus}/api/v1/query_exemplars?query=${encodeURIComponent(`{tenant_id="${victim.id}"}`)}&start=0&end=${Date.now() / 1000 + 60}`,
  );
  expect(exemplars).toMatchObject({ data: [] });
  for (const storageTenant of [attacker.id, victim.id]) {
    for (const query of [
      `{tenant_id="${victim.id}"}`,
      `{service_name=~".+"} | tenant_id="${victim.id}"`,
      `{service_name=~".+"} | tenant_id_extracted="${victim.id}"`,
    ]) {
      expect(await inLoki(storageTenant, query)).toEqual([]);
    }
    for (const condition of ['resource.', '.', 'span.', 'event.', 'link.', 'instrumentation.']) {
      const q = encodeURIComponent(`{ ${condition}tenant_id = "${victim.id}" }`);
      const found = await json(`${lab.tempo}/api/search?q=${q}`, { 'x-scope-orgid': storageTenant });
      expect(found).toMatchObject({ traces: [] });
    }
  }
}

/** The victim's id as a text, in a list, in a map, and in a map whose keys make the name. */
const claimsOf = (name: string, id: string): KeyValue[] => [
  attribute(name, id),
  attribute('harmless', 'kept'),
  attribute(name, id),
  { key: name, value: { arrayValue: { values: [{ stringValue: id }] } } },
  { key: name, value: { kvlistValue: { values: [attribute('id', id)] } } },
  { key: 'tenant', value: { kvlistValue: { values: [attribute('id', id), attribute('.', 'kept')] } } },
];

const timeUnixNano = (): string => String(BigInt(Date.now()) * 1_000_000n);

const SIGNALS: readonly Signal[] = ['logs', 'metrics', 'traces'];
const REQUEST = { logs: 'Logs', metrics: 'Metrics', traces: 'Trace' } as const;

const ENCODINGS: Record<
  'protobuf' | 'JSON',
  { type: string; bytes: (signal: Signal, request: object) => Buffer }
> = {
  protobuf: {
    type: 'application/x-protobuf',
    bytes: (signal, request) =>
      encodeMessage(`otlp.Export${REQUEST[signal]}ServiceRequest`, withBytes(request)),
  },
  JSON: { type: 'application/json', bytes: (_signal, request) => Buffer.from(JSON.stringify(request)) },
};

/** Ids are hex in JSON and bytes in protobuf. */
const withBytes = (request: object): object =>
  JSON.parse(JSON.stringify(request), (key, value: unknown) =>
    (key === 'traceId' || key === 'spanId') && typeof value === 'string'
      ? [...Buffer.from(value, 'hex')]
      : value,
  ) as object;

/** Where OTLP goes when it goes past the Collector. */
const straight = (): Record<Signal, string> => ({
  logs: `${lab.loki}/otlp`,
  metrics: `${lab.prometheus}/api/v1/otlp`,
  traces: lab.tempoOtlp,
});

/** The raw trace, as text. */
const inTempo = (storageTenant: string, traceId: string): Promise<string> =>
  until(`the trace ${traceId} is there`, async () => {
    const reply = await fetch(`${lab.tempo}/api/traces/${traceId}`, {
      headers: { 'x-scope-orgid': storageTenant },
    });
    return reply.ok ? reply.text() : undefined;
  });

it.each(SIGNALS)(
  'the attack is aimed right: past the proxy, %s are in the name of the attacked',
  async (signal) => {
    const attacked = randomUUID();
    const claim = {
      run: nextMarker(),
      timeUnixNano: timeUnixNano(),
      traceId: randomBytes(16).toString('hex'),
    };
    const request = JSON.stringify(spoofedRequest(signal, [attribute('tenant_id', attacked)], claim));
    const reply = await push(`${straight()[signal]}/v1/${signal}`, request, 'application/json');
    expect(reply.status).toBeLessThan(300);
    const stored = {
      logs: () => inLoki(victim.id, `{tenant_id="${attacked}"}`),
      metrics: () => inPrometheus(`{tenant_id="${attacked}"}`),
      traces: () => inTempo(victim.id, claim.traceId),
    };
    expect(JSON.stringify(await stored[signal]())).toContain(attacked);
  },
);

describe.each([
  [
    'behind the Collector',
    (): Record<Signal, string> => ({ logs: lab.collector, metrics: lab.collector, traces: lab.collector }),
  ],
  ['straight into the stores', straight],
])('class 27, OTLP %s', (_where, collectors) => {
  const proxies = new Map<Signal, LabProxy>();
  beforeAll(async () => {
    for (const signal of SIGNALS) proxies.set(signal, await startSpoofProxy(collectors()[signal]));
  }, 60_000);
  afterAll(async () => {
    for (const proxy of proxies.values()) await proxy.close();
  });

  it.each(['protobuf', 'JSON'] as const)(
    'in %s: the attacker stays itself',
    async (encoding) => {
      const { type, bytes } = ENCODINGS[encoding];
      const pushed = SPELLINGS.map((spelling) => ({
        spelling,
        claim: { run: nextMarker(), timeUnixNano: timeUnixNano(), traceId: randomBytes(16).toString('hex') },
      }));
      for (const { spelling, claim } of pushed) {
        for (const signal of SIGNALS) {
          const body = bytes(signal, spoofedRequest(signal, claimsOf(spelling, victim.id), claim));
          const { status, text } = await push(
            `${proxies.get(signal)?.urls.otlp ?? ''}/v1/${signal}`,
            body,
            type,
          );
          expect({ spelling, signal, status, text }).toMatchObject({ status: 200 });
        }
      }
      for (const { spelling, claim } of pushed) {
        const series = await inPrometheus(`{run="${claim.run}"}`);
        // Of five kinds of metrics, three in several series.
        expect(series.length).toBeGreaterThanOrEqual(7);
        const streams = await inLoki(attacker.id, `{service_name="${claim.run}"}`);
        expect(streams).not.toEqual([]);
        for (const labels of [
          ...series,
          ...streams.flatMap(({ stream, metadata }) => [stream, ...metadata]),
        ]) {
          expectAttackersOwn(labels);
        }
        for (const { tenant_id } of [...series, ...streams.map(({ stream }) => stream)])
          expect(tenant_id).toBe(attacker.id);
        const trace = await inTempo(attacker.id, claim.traceId);
        expect(trace).toContain(attacker.id);
        if (normaliseLabelName(spelling) === 'tenant_id') expect(trace).not.toContain(victim.id);
        expect(trace.match(/"tenant_id"/g)).toHaveLength(trace.split('"resource"').length - 1);
      }
      await expectNothingOfTheVictim();
    },
    120_000,
  );
});

describe('class 27, protobuf that two decoders could read in two ways', () => {
  let proxy: LabProxy;
  beforeAll(async () => {
    proxy = await startSpoofProxy(`${lab.loki}/otlp`);
  }, 60_000);
  afterAll(() => proxy.close());

  /** One length-delimited field. */
  const field = (number: number, ...parts: (Buffer | string)[]): Buffer => {
    const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
    return Buffer.concat([varint((number << 3) | 2), varint(body.length), body]);
  };
  const varint = (value: number, padTo = 0): Buffer => {
    const bytes: number[] = [];
    for (let rest = value; bytes.length === 0 || rest > 0 || bytes.length < padTo; rest >>>= 7)
      bytes.push(rest & 0x7f);
    return Buffer.from(bytes.map((byte, i) => (i < bytes.length - 1 ? byte | 0x80 : byte)));
  };
  const text = (value: string): Buffer => field(1, value);
  const keyValue = (key: string, value: string): Buffer => field(1, field(1, key), field(2, text(value)));
  const record = (...attributes: Buffer[]): Buffer => {
    const time = Buffer.alloc(9);
    time[0] = (1 << 3) | 1;
    time.writeBigUInt64LE(BigInt(Date.now()) * 1_000_000n, 1);
    return field(2, time, field(5, text('wire')), ...attributes);
  };
  const own = (): Buffer => keyValue('service.name', 'wire-attacker');
  const bad = (): Buffer => keyValue('tenant_id', victim.id);
  const twice = (first: string, last: string): Buffer =>
    field(1, field(1, first), field(1, last), field(2, text(victim.id)));
  const resourceLogs = (...parts: Buffer[]): Buffer => field(1, ...parts);

  it.each<[string, () => Buffer]>([
    [
      'two resources, the second one bad',
      () => resourceLogs(field(1, own()), field(1, bad()), field(2, record())),
    ],
    [
      'two resources, the first one bad',
      () => resourceLogs(field(1, bad()), field(1, own()), field(2, record())),
    ],
    ['the resource after the scopes', () => resourceLogs(field(2, record()), field(1, own(), bad()))],
    ['no resource at all', () => resourceLogs(field(2, record()))],
    [
      'a key given twice, bad last',
      () => resourceLogs(field(1, own(), twice('harmless', 'tenant_id')), field(2, record())),
    ],
    [
      'a key given twice, bad first',
      () => resourceLogs(field(1, own(), twice('tenant_id', 'harmless')), field(2, record())),
    ],
    [
      'the value before the key',
      () =>
        resourceLogs(
          field(1, own(), field(1, field(2, text(victim.id)), field(1, 'tenant_id'))),
          field(2, record()),
        ),
    ],
    [
      'a value given twice',
      () =>
        resourceLogs(
          field(1, own(), field(1, field(1, 'tenant_id'), field(2, text('x')), field(2, text(victim.id)))),
          field(2, record()),
        ),
    ],
    [
      'the old field of scopes',
      () =>
        resourceLogs(
          field(1, own()),
          field(1000, record(field(6, field(1, 'tenant_id'), field(2, text(victim.id))))),
        ),
    ],
    [
      'an attribute of the record',
      () =>
        resourceLogs(
          field(1, own()),
          field(2, record(field(6, field(1, 'tenant.id'), field(2, text(victim.id))))),
        ),
    ],
    [
      'padded varints',
      () => {
        const inner = Buffer.concat([own(), bad()]);
        return resourceLogs(
          Buffer.concat([varint((1 << 3) | 2, 5), varint(inner.length, 8), inner]),
          field(2, record()),
        );
      },
    ],
    [
      'an unknown field around it',
      () => resourceLogs(field(1, own(), field(99, bad())), field(99, field(1, bad())), field(2, record())),
    ],
    [
      'a group',
      () =>
        resourceLogs(
          field(1, own()),
          Buffer.from([(1 << 3) | 3]),
          bad(),
          Buffer.from([(1 << 3) | 4]),
          field(2, record()),
        ),
    ],
    [
      'a length beyond the end',
      () =>
        Buffer.concat([resourceLogs(field(1, own(), bad()), field(2, record())), Buffer.from([0x0a, 0x7f])]),
    ],
    [
      'a field number of zero',
      () => Buffer.concat([resourceLogs(field(1, own()), field(2, record())), Buffer.from([0x02, 0x00])]),
    ],
    [
      'an overlong varint',
      () => resourceLogs(Buffer.concat([Buffer.alloc(10, 0xff), Buffer.from([0x7f])]), field(1, bad())),
    ],
  ])('%s', async (_name, body) => {
    const { status, text: reply } = await push(
      `${proxy.urls.otlp}/v1/logs`,
      body(),
      'application/x-protobuf',
    );
    expect({ status, reply }).toMatchObject({ status: status === 400 ? 400 : 200 });
    await expectNothingOfTheVictim();
    for (const { stream, metadata } of await inLoki(attacker.id, '{tenant_id=~".+"}')) {
      [stream, ...metadata].forEach(expectAttackersOwn);
    }
  });
});

describe('class 27, remote_write', () => {
  let proxy: LabProxy;
  beforeAll(async () => {
    proxy = await startSpoofProxy(lab.collector);
  }, 60_000);
  afterAll(() => proxy.close());

  const HEADERS = { 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' };
  const HEADERS_2 = { 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '2.0.0' };
  const TYPE_2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';
  type Pair = readonly [name: string, value: string];

  const sample = (): object => ({ valueBits: doubleBits(1), timestamp: Date.now() });
  const v1 = (marker: string, labels: readonly Pair[], sorted: boolean): Buffer => {
    const all = [['__name__', marker] as const, ...labels].map(([name, value]) => ({ name, value }));
    if (sorted) all.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    const exemplars = [
      { labels: all.filter(({ name }) => name !== '__name__'), value: 1, timestamp: Date.now() },
    ];
    return encodeMessage('remotewrite.V1.WriteRequest', {
      timeseries: [{ labels: all, samples: [sample()], exemplars }],
    });
  };
  const v2 = (marker: string, labels: readonly Pair[], sorted: boolean): Buffer => {
    const all: Pair[] = [['__name__', marker], ...labels];
    if (sorted) all.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    // Every text twice: a look-up by the first occurrence and one by reference must not differ.
    const symbols = ['', ...all.flat(), ...all.flat()];
    const labelsRefs = all.flat().map((_, i) => i + 1 + (i % 2 === 0 ? 0 : all.length * 2));
    return encodeMessage('remotewrite.V2.Request', {
      symbols,
      timeseries: [
        {
          labelsRefs,
          samples: [sample()],
          exemplars: [{ labelsRefs: labelsRefs.slice(2), value: 1, timestamp: Date.now() }],
        },
      ],
    });
  };

  const send = (
    version: 1 | 2,
    message: Buffer,
    path = '/api/v1/write',
  ): Promise<{ status: number; text: string }> =>
    push(
      proxy.urls.main + path,
      snappy.compressSync(message),
      version === 1 ? 'application/x-protobuf' : TYPE_2,
      version === 1 ? HEADERS : HEADERS_2,
    );

  const labelSets: [string, (victimId: string) => Pair[], boolean][] = [
    [
      'the label',
      (id) => [
        ['tenant_id', id],
        ['z', 'z'],
      ],
      true,
    ],
    [
      'the label twice',
      (id) => [
        ['tenant_id', id],
        ['tenant_id', id],
      ],
      true,
    ],
    [
      'the label not in order',
      (id) => [
        ['z', 'z'],
        ['tenant_id', id],
        ['a', 'a'],
      ],
      false,
    ],
    [
      'the label before the name',
      (id) => [
        ['A', 'a'],
        ['tenant_id', id],
      ],
      true,
    ],
    [
      'an empty label',
      () => [
        ['tenant_id', ''],
        ['z', 'z'],
      ],
      true,
    ],
    ...SPELLINGS.filter((spelling) => !/[\n\t]/.test(spelling)).map(
      (spelling): [string, (id: string) => Pair[], boolean] => [
        JSON.stringify(spelling),
        (id) => [
          [spelling, id],
          ['z', 'z'],
        ],
        true,
      ],
    ),
  ];

  describe.each([1, 2] as const)('%d.0', (version) => {
    it.each(labelSets)('%s', async (_name, labelsOfVictim, sorted) => {
      const marker = nextMarker();
      const message = (version === 1 ? v1 : v2)(marker, labelsOfVictim(victim.id), sorted);
      const { status, text } = await send(version, message, serial % 2 ? '/api/v1/write' : '/api/v1/push');
      const series = await inPrometheus(`{__name__="${marker}"}`);
      expect({ status, text, found: series.length }).toEqual(
        status === 400 ? { status, text: expect.any(String), found: 0 } : { status: 204, text: '', found: 1 },
      );
      for (const labels of series) {
        expect(labels.tenant_id).toBe(attacker.id);
        expectAttackersOwn(labels);
      }
      expect(await inPrometheus(`{tenant_id="${victim.id}"}`)).toEqual([]);
    });
  });

  it.each<[string, object]>([
    [
      'refs beyond the symbols',
      { symbols: ['', '__name__', 'x'], timeseries: [{ labelsRefs: [1, 2, 3, 4], samples: [sample()] }] },
    ],
    [
      'an odd number of refs',
      { symbols: ['', '__name__', 'x'], timeseries: [{ labelsRefs: [1, 2, 1], samples: [sample()] }] },
    ],
    [
      'a first symbol that is not empty',
      { symbols: ['tenant_id', '__name__', 'x'], timeseries: [{ labelsRefs: [1, 2], samples: [sample()] }] },
    ],
    ['no symbols', { symbols: [], timeseries: [{ labelsRefs: [0, 0], samples: [sample()] }] }],
  ])('2.0: %s is 400', async (_name, message) => {
    expect(await send(2, encodeMessage('remotewrite.V2.Request', message))).toMatchObject({ status: 400 });
  });

  it('2.0: a symbol that is both another label’s value and the spoofed one keeps its other meaning', async () => {
    const marker = nextMarker();
    const message = encodeMessage('remotewrite.V2.Request', {
      symbols: ['', '__name__', marker, 'peer', victim.id, 'tenant_id'],
      timeseries: [{ labelsRefs: [1, 2, 3, 4, 5, 4], samples: [sample()] }],
    });
    expect(await send(2, message)).toMatchObject({ status: 204 });
    expect(await inPrometheus(`{__name__="${marker}"}`)).toEqual([
      { __name__: marker, peer: victim.id, tenant_id: attacker.id },
    ]);
  });

  it('a 1.0 body under a 2.0 type, and the other way round, writes nothing', async () => {
    const marker = nextMarker();
    const labels: Pair[] = [['tenant_id', victim.id]];
    await push(
      `${proxy.urls.main}/api/v1/write`,
      snappy.compressSync(v1(marker, labels, true)),
      TYPE_2,
      HEADERS_2,
    );
    await push(
      `${proxy.urls.main}/api/v1/write`,
      snappy.compressSync(v2(marker, labels, true)),
      'application/x-protobuf',
      HEADERS,
    );
    expect(await inPrometheus(`{tenant_id="${victim.id}"}`)).toEqual([]);
    expect(await inPrometheus(`{__name__="${marker}"}`)).toEqual([]);
  });
});

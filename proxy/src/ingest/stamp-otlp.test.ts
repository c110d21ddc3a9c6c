import { describe, expect, it } from '@jest/globals';
import type { Signal } from '@obstack/contracts';
import fc from 'fast-check';
import { arbitraryMessage } from '../../test/ingest/arbitrary.ts';
import { decode, encode } from '../../test/ingest/codec.ts';
import type { MessageName } from '../../test/ingest/codec.ts';
import { INNOCENT, SPOOFS, stampedModel } from '../../test/ingest/model.ts';
import { mutate } from '../../test/ingest/mutate.ts';
import {
  attribute,
  demoResource,
  logsPayload,
  metricsPayload,
  tracesPayload,
} from '../../test/ingest/payloads.ts';
import { stampOtlp } from './stamp-otlp.ts';
import { bytesField } from './wire.ts';

const TENANT = '0b5e9a7c-5d2e-4b7a-9c56-1f2e3d4c5b6a';
const REQUEST: Record<Signal, MessageName> = {
  logs: 'otlp.ExportLogsServiceRequest',
  metrics: 'otlp.ExportMetricsServiceRequest',
  traces: 'otlp.ExportTraceServiceRequest',
};
const SIGNALS = ['logs', 'metrics', 'traces'] as const;
const PAYLOADS = { logs: logsPayload(3), metrics: metricsPayload(2), traces: tracesPayload(3) };

const stampAttribute = attribute('tenant_id', TENANT);
const expected = (signal: Signal, body: Uint8Array): unknown =>
  stampedModel(decode(REQUEST[signal], body), TENANT);
const stamped = (signal: Signal, body: Uint8Array): unknown =>
  decode(REQUEST[signal], stampBothWays(signal, body));

/** Into new memory, and around the body in its own: the same comes out. */
function stampBothWays(signal: Signal, body: Uint8Array): Buffer {
  const { body: out } = stampOtlp(signal, body, TENANT);
  const headroom = 500;
  const memory = Buffer.concat([Buffer.alloc(headroom, 0xaa), body, Buffer.alloc(9, 0xbb)]);
  const inPlace = stampOtlp(signal, memory.subarray(headroom, headroom + body.length), TENANT, headroom).body;
  expect(inPlace.equals(out)).toBe(true);
  expect(memory.subarray(-9)).toEqual(Buffer.alloc(9, 0xbb));
  return out;
}

describe('stampOtlp', () => {
  it.each(SIGNALS)('stamps the resource of %s and changes nothing else', (signal) => {
    expect(stamped(signal, PAYLOADS[signal])).toEqual(expected(signal, PAYLOADS[signal]));
  });

  it('splices the stamp into the bytes as sent', () => {
    const group = encode('otlp.ExportLogsServiceRequest', { resourceLogs: [{ resource: demoResource }] });
    const { body } = stampOtlp('logs', group, TENANT);
    const added = bytesField(1, encode('otlp.KeyValue', stampAttribute));
    expect(body.subarray(-added.length)).toEqual(added);
    expect(body.subarray(-100 - added.length, -added.length)).toEqual(group.subarray(-100));
  });

  it.each(SIGNALS)('equals the model on any %s', (signal) => {
    fc.assert(
      fc.property(arbitraryMessage(REQUEST[signal], 8), (message) => {
        const body = encode(REQUEST[signal], message);
        expect(stamped(signal, body)).toEqual(expected(signal, body));
      }),
      { numRuns: 400 },
    );
  });

  it('needs no other memory when there is room before the body, and touches none beyond it', () => {
    const memory = Buffer.concat([Buffer.alloc(64, 0xaa), PAYLOADS.logs]);
    const inPlace = stampOtlp('logs', memory.subarray(64), TENANT, 64).body;
    expect(inPlace.buffer).toBe(memory.buffer);
    expect(memory.subarray(0, 64 - (inPlace.length - PAYLOADS.logs.length))).toEqual(
      Buffer.alloc(64 - (inPlace.length - PAYLOADS.logs.length), 0xaa),
    );
    const tooNarrow = Buffer.concat([Buffer.alloc(8, 0xaa), PAYLOADS.logs]);
    expect(stampOtlp('logs', tooNarrow.subarray(8), TENANT, 8).body.equals(inPlace)).toBe(true);
    expect(tooNarrow.subarray(8).equals(PAYLOADS.logs)).toBe(true);
  });

  it('makes a resource where there is none', () => {
    const body = encode('otlp.ExportTraceServiceRequest', { resourceSpans: [{}, { schemaUrl: 'x' }] });
    expect(stamped('traces', body)).toEqual({
      resourceSpans: [
        { resource: { attributes: [stampAttribute] } },
        { resource: { attributes: [stampAttribute] }, schemaUrl: 'x' },
      ],
    });
  });

  it('counts log records and the longest line', () => {
    const { records, longestLine } = stampOtlp('logs', logsPayload(17), TENANT);
    expect(records).toBe(17);
    expect(longestLine).toBeGreaterThan(40);
    expect(longestLine).toBeLessThan(60);
  });

  it('counts spans and the points of every kind of metric', () => {
    expect(stampOtlp('traces', tracesPayload(5), TENANT).records).toBe(5);
    const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];
    const metrics = kinds.map((kind) => ({ name: kind, [kind]: { dataPoints: [{}, {}] } }));
    const body = encode('otlp.ExportMetricsServiceRequest', {
      resourceMetrics: [{ scopeMetrics: [{ metrics }] }],
    });
    expect(stampOtlp('metrics', body, TENANT).records).toBe(10);
  });
});

// One attribute at each place where OTLP has any; the rest of the tests knows no places.
const PLACES: [place: string, signal: Signal, build: (attributes: object[]) => object][] = [
  ['a resource', 'logs', (attributes) => ({ resourceLogs: [{ resource: { attributes } }] })],
  ['a log scope', 'logs', (attributes) => ({ resourceLogs: [{ scopeLogs: [{ scope: { attributes } }] }] })],
  [
    'a log record',
    'logs',
    (attributes) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes }] }] }] }),
  ],
  [
    'a log record in the deprecated field',
    'logs',
    (attributes) => ({ resourceLogs: [{ deprecatedScopeLogs: [{ logRecords: [{ attributes }] }] }] }),
  ],
  ['a span', 'traces', (attributes) => ({ resourceSpans: [{ scopeSpans: [{ spans: [{ attributes }] }] }] })],
  [
    'a span event',
    'traces',
    (attributes) => ({ resourceSpans: [{ scopeSpans: [{ spans: [{ events: [{ attributes }] }] }] }] }),
  ],
  [
    'a span link',
    'traces',
    (attributes) => ({ resourceSpans: [{ scopeSpans: [{ spans: [{ links: [{ attributes }] }] }] }] }),
  ],
  ['metric metadata', 'metrics', (attributes) => metric({ metadata: attributes })],
  ...['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'].map(
    (kind): [string, Signal, (attributes: object[]) => object] => [
      `a data point of a ${kind}`,
      'metrics',
      (attributes) => metric({ [kind]: { dataPoints: [{ attributes }] } }),
    ],
  ),
  ...['gauge', 'sum', 'histogram', 'exponentialHistogram'].map(
    (kind): [string, Signal, (attributes: object[]) => object] => [
      `an exemplar of a ${kind}`,
      'metrics',
      (filteredAttributes) => metric({ [kind]: { dataPoints: [{ exemplars: [{ filteredAttributes }] }] } }),
    ],
  ),
];

function metric(fields: object): object {
  return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', ...fields }] }] }] };
}

describe('a spoofed tenant', () => {
  const others = (signal: Signal, body: Buffer): string =>
    JSON.stringify(stamped(signal, body)).replaceAll(JSON.stringify(stampAttribute), '');

  it.each(PLACES)('is removed from %s in every spelling', (_place, signal, build) => {
    const body = encode(REQUEST[signal], build(SPOOFS.map((name) => attribute(name, 'theirs'))));
    expect(others(signal, body)).not.toContain('theirs');
    const innocent = encode(REQUEST[signal], build(INNOCENT.map((name) => attribute(name, 'kept'))));
    expect(others(signal, innocent).split('kept')).toHaveLength(INNOCENT.length + 1);
  });

  it.each(PLACES)('is removed from %s when it is nested', (_place, signal, build) => {
    const nested = {
      key: 'tenant',
      value: { kvlistValue: { values: [attribute('id', 'theirs'), attribute('name', 'kept')] } },
    };
    const inArray = { key: 'x', value: { arrayValue: { values: [nested.value] } } };
    const text = others(signal, encode(REQUEST[signal], build([nested, { ...inArray, key: 'tenant.' }])));
    expect(text).not.toContain('theirs');
    expect(text).toContain('kept');
  });

  it('is found in an attribute with its value first, its key twice, or in longer numbers than needed', () => {
    const value = bytesField(2, bytesField(1, Buffer.from('theirs')));
    const nested = bytesField(2, bytesField(6, bytesField(1, bytesField(1, Buffer.from('id')))));
    const key = (name: string): Buffer => bytesField(1, Buffer.from(name));
    const longTag = Buffer.concat([Buffer.from([0x8a, 0x80, 0x00, 0x89, 0x00]), Buffer.from('tenant_id')]);
    const attributes = [
      Buffer.concat([value, key('tenant_id')]),
      Buffer.concat([key('x'), key('tenant-id'), value]),
      Buffer.concat([longTag, value]),
      Buffer.concat([nested, key('tenant')]),
    ];
    for (const bytes of attributes) {
      const resource = bytesField(1, bytesField(1, bytes));
      const text = others('logs', bytesField(1, resource));
      expect(text).not.toMatch(/theirs|"id"/);
    }
  });

  it('cannot win by a second resource, whichever of the two a decoder takes', () => {
    const first = bytesField(1, bytesField(1, encode('otlp.KeyValue', attribute('tenant_id', 'theirs'))));
    const second = bytesField(1, bytesField(1, encode('otlp.KeyValue', attribute('service.name', 'api'))));
    const schemaUrl = bytesField(3, Buffer.from('u'));
    const body = bytesField(1, Buffer.concat([first, schemaUrl, second]));
    const out = stampOtlp('logs', body, TENANT).body;
    expect(decode('otlp.ExportLogsServiceRequest', out)).toEqual({
      resourceLogs: [
        { resource: { attributes: [attribute('service.name', 'api'), stampAttribute] }, schemaUrl: 'u' },
      ],
    });
    const group = out.subarray(out.length - (out[1] as number));
    expect(group.filter((byte, i) => byte === 0x0a && group[i + 2] === 0x0a && i === 0)).toHaveLength(1);
  });

  it('stays in the body of a log, which is no label', () => {
    const body = { kvlistValue: { values: [attribute('tenant_id', 'text')] } };
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body }] }] }] };
    expect(others('logs', encode('otlp.ExportLogsServiceRequest', request))).toContain('text');
  });
});

describe('a body that is not valid', () => {
  const refused = (body: Uint8Array): unknown => {
    try {
      return stampOtlp('logs', body, TENANT);
    } catch (error) {
      return error;
    }
  };
  const inLogRecord = (...bytes: number[]): Buffer =>
    bytesField(1, bytesField(2, bytesField(2, Buffer.from(bytes))));
  const undecodable = expect.objectContaining({ status: 400, code: 'undecodable' }) as unknown;

  it.each(SIGNALS)('is refused when it is cut short anywhere (%s)', (signal) => {
    const body = PAYLOADS[signal];
    for (let length = 1; length < body.length; length++) {
      expect(() => stampOtlp(signal, body.subarray(0, length), TENANT)).toThrow(/cannot be decoded/);
    }
  });

  it.each([
    [
      'a number of more than 64 bits',
      inLogRecord(0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02),
    ],
    ['a number of eleven bytes', inLogRecord(0x10, ...Array<number>(10).fill(0x80), 0)],
    ['a length past the end', inLogRecord(0x32, 0x05, 0x0a)],
    ['a length of 2^63', inLogRecord(0x32, ...Array<number>(8).fill(0x80), 0x80, 0x01)],
    ['a wrong wire type', inLogRecord(0x30, 0x01)],
    ['a message as a number', Buffer.from([0x08, 0x01])],
    ['a group', inLogRecord(0x9b, 0x06, 0x9c, 0x06)],
    ['an end of a group', inLogRecord(0x9c, 0x06)],
    ['wire type 7', inLogRecord(0x9f, 0x06, 0x00)],
    ['field number 0', inLogRecord(0x00, 0x01)],
    // 2^35 + 50: cut to 32 bits, as pdata does, it is field 6, an attribute.
    ['a field number past 2^29', inLogRecord(0xb2, 0x80, 0x80, 0x80, 0x80, 0x01, 0x00)],
    ['a key that is not UTF-8', inLogRecord(0x32, 0x03, 0x0a, 0x01, 0xff)],
    [
      'a key that is not UTF-8 in an ordinary attribute',
      inLogRecord(0x32, 0x0c, 0x0a, 0x05, 0x61, 0x62, 0x63, 0x64, 0xff, 0x12, 0x03, 0x0a, 0x01, 0x78),
    ],
    ['a scalar cut short by its message', inLogRecord(0x09, 1, 2, 3)],
    // Each is nearly what the shortcuts take: a length of one byte that is the first of two, another field, a length past the end.
    [
      'an ordinary attribute of a wrong length',
      inLogRecord(
        0x32,
        0x95,
        0x01,
        0x0a,
        0x01,
        0x61,
        0x12,
        0x90,
        0x0a,
        0x8e,
        ...Array<number>(0x8e).fill(0x61),
      ),
    ],
    [
      'a text of a wrong length as body',
      inLogRecord(0x2a, 0x82, 0x01, 0x0a, 0x80, ...Array<number>(0x80).fill(0x61)),
    ],
    ['another value than a text as body', inLogRecord(0x2a, 0x04, 0x32, 0x02, 0x08, 0x01)],
    ['a body with a length past its end', inLogRecord(0x2a, 0x03, 0x0a, 0x05, 0x61)],
  ])('is refused for %s', (_what, body) => {
    expect(refused(body)).toEqual(undecodable);
  });

  it('is refused for a list of numbers of a wrong length', () => {
    const point = bytesField(6, Buffer.alloc(9));
    const histogram = bytesField(9, bytesField(1, point));
    const body = bytesField(1, bytesField(2, bytesField(2, histogram)));
    expect(() => stampOtlp('metrics', body, TENANT)).toThrow(/cannot be decoded/);
  });

  it('is refused when it is nested without end', () => {
    let value: Uint8Array = Buffer.alloc(0);
    for (let depth = 0; depth < 40; depth++) value = bytesField(6, bytesField(1, bytesField(2, value)));
    const record = bytesField(6, Buffer.concat([bytesField(1, Buffer.from('k')), bytesField(2, value)]));
    expect(refused(bytesField(1, bytesField(2, bytesField(2, record))))).toEqual(undecodable);
  });

  it('keeps fields that it does not know', () => {
    const unknown = Buffer.concat([bytesField(77, Buffer.from('new')), Buffer.from([0xd0, 0x0f, 0x01])]);
    const body = Buffer.concat([bytesField(1, unknown), unknown]);
    expect(stampOtlp('logs', body, TENANT).body.includes(unknown)).toBe(true);
    expect(stampOtlp('logs', body, TENANT).body.subarray(-unknown.length)).toEqual(unknown);
  });
});

describe('any bytes', () => {
  it.each(SIGNALS)('are refused, or stamped as the model says (%s)', (signal) => {
    const base = fc.constantFrom(PAYLOADS[signal], encode(REQUEST[signal], spoofEverywhere(signal)));
    fc.assert(
      fc.property(mutate(base), (body) => {
        let out: Buffer;
        try {
          out = stampBothWays(signal, body);
        } catch (error) {
          expect(error).toMatchObject({ name: 'Refusal', status: 400 });
          return;
        }
        // A value that is not UTF-8 is not ours to judge, but protobufjs refuses it. And of two resources it takes
        // the last, where protobuf says to merge them.
        if (!isDecodable(signal, body) || hasTwoResources(body)) return;
        expect(decode(REQUEST[signal], out)).toEqual(expected(signal, body));
      }),
      { numRuns: 3000 },
    );
  });
});

function spoofEverywhere(signal: Signal): object {
  const built = PLACES.filter(([, of]) => of === signal).map(([, , build]) =>
    build([attribute('tenant.id', 'x')]),
  );
  const list = { logs: 'resourceLogs', metrics: 'resourceMetrics', traces: 'resourceSpans' }[signal];
  return { [list]: built.flatMap((request) => (request as Record<string, object[]>)[list] ?? []) };
}

function isDecodable(signal: Signal, body: Uint8Array): boolean {
  try {
    decode(REQUEST[signal], body);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ message: expect.stringMatching(/utf-8/) as unknown });
    return false;
  }
}

function hasTwoResources(body: Uint8Array): boolean {
  // Looked at with another schema: one in which a group is a list of resources.
  const groups = decode('otlp.TwoResources', body)['groups'] as { resources?: unknown[] }[] | undefined;
  return groups?.some(({ resources }) => (resources?.length ?? 0) > 1) ?? false;
}

import { describe, expect, it } from '@jest/globals';
import type { Signal } from '@obstack/contracts';
import fc from 'fast-check';
import { arbitraryMessage } from '../../test/ingest/arbitrary.ts';
import { SPOOFS, stampedModel } from '../../test/ingest/model.ts';
import { mutate } from '../../test/ingest/mutate.ts';
import { attribute } from '../../test/ingest/payloads.ts';
import { stampOtlpJson } from './stamp-otlp-json.ts';

const TENANT = '0b5e9a7c-5d2e-4b7a-9c56-1f2e3d4c5b6a';
const stampAttribute = attribute('tenant_id', TENANT);
const MESSAGE = { logs: 'Logs', metrics: 'Metrics', traces: 'Trace' } as const;

const stampText = (text: string, signal: Signal = 'logs'): string =>
  stampOtlpJson(signal, Buffer.from(text), TENANT).body.toString();
const parse = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
const stampedObject = (object: object, signal: Signal = 'logs'): Record<string, unknown> =>
  parse(stampText(JSON.stringify(object), signal));

/** OTLP's JSON: ids in hex, what JSON has no number for as text. */
const toJson = (message: object): string =>
  JSON.stringify(message, (_key, value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });

const withoutEmptyLists = (node: unknown): unknown =>
  parse(
    JSON.stringify(node, (_key, value: unknown) =>
      Array.isArray(value) && !value.length ? undefined : value,
    ),
  );

describe('stampOtlpJson', () => {
  it.each(['logs', 'metrics', 'traces'] as const)('equals the model on any %s', (signal) => {
    fc.assert(
      fc.property(arbitraryMessage(`otlp.Export${MESSAGE[signal]}ServiceRequest`, 8), (message) => {
        const text = toJson(message);
        const expected = stampedModel(parse(text), TENANT);
        expect(withoutEmptyLists(parse(stampText(text, signal)))).toEqual(withoutEmptyLists(expected));
      }),
      { numRuns: 300 },
    );
  });

  it('makes a resource and attributes where there are none', () => {
    const stampedGroup = { resource: { attributes: [stampAttribute] } };
    for (const group of ['{}', '{"resource":null}', '{"resource":{"attributes":null}}']) {
      expect(parse(stampText(`{"resourceLogs":[${group}]}`))).toEqual({ resourceLogs: [stampedGroup] });
    }
  });

  it('stamps both spellings that the Collector reads', () => {
    const text = stampText('{"resourceLogs":[{}],"resource_logs":[{}]}');
    expect(text.split(TENANT)).toHaveLength(3);
  });

  it('keeps numbers that a double cannot hold', () => {
    const numbers = '{"a":9223372036854775807,"b":[-0,1790000000000000001],"c":{"d":0.1000000000000000055}}';
    expect(stampText(numbers)).toBe(numbers);
  });

  it('counts records and the longest line', () => {
    const records = [{ body: { stringValue: 'é'.repeat(50) } }, { body: { kvlistValue: {} } }, {}];
    const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] }));
    expect(stampOtlpJson('logs', body, TENANT)).toMatchObject({ records: 3, longestLine: 100 });
  });
});

describe('a spoofed tenant in JSON', () => {
  const theirs = SPOOFS.map((name) => attribute(name, 'theirs'));

  it.each([
    ['in snake case', { resource_logs: [{ scope_logs: [{ log_records: [{ attributes: theirs }] }] }] }],
    ['in a field that nobody knows', { resourceLogs: [{ scopeLogs: [{ futureThing: { deep: theirs } }] }] }],
    [
      'in the deprecated field',
      { resourceLogs: [{ deprecatedScopeLogs: [{ scope: { attributes: theirs } }] }] },
    ],
    [
      'in a nested value',
      {
        resourceLogs: [
          { resource: { attributes: [{ key: 'tenant', value: { x: [attribute('id', 'theirs')] } }] } },
        ],
      },
    ],
    [
      'with more fields',
      { resourceLogs: [{ resource: { attributes: theirs.map((a) => ({ x: 1, ...a })) } }] },
    ],
  ])('is removed %s', (_where, request) => {
    expect(JSON.stringify(stampedObject(request))).not.toContain('theirs');
  });

  it('is removed when its key is escaped', () => {
    const text =
      '{"resourceLogs":[{"resource":{"attributes":[{"\\u006bey":"tenant\\u005fid","value":{}}]}}]}';
    expect(parse(stampText(text))).toEqual({
      resourceLogs: [{ resource: { attributes: [stampAttribute] } }],
    });
  });

  it('is removed when half a character separates the words', () => {
    const text = '{"resourceLogs":[{"resource":{"attributes":[{"key":"tenant\\ud800id","value":{}}]}}]}';
    expect(parse(stampText(text))).toEqual({
      resourceLogs: [{ resource: { attributes: [stampAttribute] } }],
    });
  });

  it('stays in the body of a log, which is no label', () => {
    const body = { kvlistValue: { values: [attribute('tenant_id', 'text')] } };
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body }] }] }] };
    expect(JSON.stringify(stampedObject(request))).toContain('text');
  });
});

describe('JSON that is not valid', () => {
  const undecodable = expect.objectContaining({ status: 400, code: 'undecodable' }) as unknown;
  const refused = (body: Buffer): unknown => {
    try {
      return stampOtlpJson('logs', body, TENANT);
    } catch (error) {
      return error;
    }
  };

  it.each([
    ['nothing', ''],
    ['no JSON', '{resourceLogs:[]}'],
    ['no object', '[]'],
    ['a group that is no object', '{"resourceLogs":[1]}'],
    ['groups that are no array', '{"resourceLogs":{}}'],
    ['a resource that is no object', '{"resourceLogs":[{"resource":[]}]}'],
    ['a resource that is a long number', '{"resourceLogs":[{"resource":12345678901234567890}]}'],
    ['attributes that are no array', '{"resourceLogs":[{"resource":{"attributes":{}}}]}'],
    // pdata would merge them; JSON.parse would lose the first.
    ['a key twice', '{"resourceLogs":[{"schemaUrl":"a"}],"resourceLogs":[]}'],
    ['a key twice, escaped', '{"a":{"b":1,"\\u0062":":"}}'],
    // pdata's reader takes it for the end of the object.
    ['an empty key', '{"resourceLogs":[{"resource":{"":{"resource":{}}}}]}'],
    ['an infinite number', '{"a":1e999}'],
    ['nesting without end', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    [
      'nesting without end and a long number',
      `{"b":123456789012345678,"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
    ],
    ['a byte order mark', '\u{feff}{}'],
  ])('is refused: %s', (_what, text) => {
    expect(refused(Buffer.from(text))).toEqual(undecodable);
  });

  it('is refused when it is not UTF-8', () => {
    expect(refused(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toEqual(undecodable);
  });

  it('is refused when it is cut short anywhere', () => {
    const body = Buffer.from(
      JSON.stringify({ resourceLogs: [{ resource: { attributes: [attribute('a', 'ü')] } }] }),
    );
    for (let length = 0; length < body.length; length++) {
      expect(refused(body.subarray(0, length))).toEqual(undecodable);
    }
  });

  it('never makes it fail otherwise, nor lets a spoof through', () => {
    const request = { resourceLogs: [{ resource: { attributes: [attribute('tenant.id', 'theirs')] } }] };
    const spoof = /"key":"[^a-zA-Z0-9]*tenant[^a-zA-Z0-9]+id[^a-zA-Z0-9]*"/;
    fc.assert(
      fc.property(mutate(fc.constant(Buffer.from(JSON.stringify(request)))), (body) => {
        const result = refused(body);
        if (result instanceof Error) expect(result).toEqual(undecodable);
        else {
          const text = String((result as { body: Buffer }).body).replaceAll(
            JSON.stringify(stampAttribute),
            '',
          );
          expect(text).not.toMatch(spoof);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

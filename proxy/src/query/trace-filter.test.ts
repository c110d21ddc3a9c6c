import { describe, expect, it } from '@jest/globals';
import { bytesField } from '../ingest/wire.ts';
import { filterTrace } from './trace-filter.ts';
import { OTHER_TENANT, TENANT } from '../../test/query/testing.ts';

const text = (field: number, value: string): Buffer => bytesField(field, Buffer.from(value));
const message = (field: number, ...parts: Buffer[]): Buffer => bytesField(field, Buffer.concat(parts));
const varint = (field: number, value: number): Buffer => Buffer.from([field << 3, value]);

const attribute = (key: string, value: Buffer): Buffer => message(1, text(1, key), bytesField(2, value));
const owner = (tenantId: string): Buffer => attribute('tenant_id', text(1, tenantId));
/** ResourceSpans with these attributes, and scope spans whose bytes are told apart by `mark`. */
const resourceSpans = (mark: string, ...attributes: Buffer[]): Buffer =>
  message(1, message(1, ...attributes), message(2, text(2, mark)));

const mine = resourceSpans('mine', attribute('service.name', text(1, 'a')), owner(TENANT));
const alsoMine = resourceSpans('also mine', owner(TENANT));
const theirs = resourceSpans('theirs', owner(OTHER_TENANT));

const filtered = (api: 'v1' | 'v2', ...parts: Buffer[]): Buffer | undefined =>
  filterTrace({ api, encoding: 'protobuf', body: Buffer.concat(parts), tenantId: TENANT }) as
    Buffer | undefined;

describe('protobuf', () => {
  it('keeps what is the tenant’s own, byte for byte, and nothing else (class 25)', () => {
    expect(filtered('v1', mine, theirs, alsoMine)).toEqual(Buffer.concat([mine, alsoMine]));
  });

  it('is nothing when nothing is the tenant’s own', () => {
    expect(filtered('v1', theirs)).toBeUndefined();
    expect(filtered('v1')).toBeUndefined();
    expect(filtered('v2', bytesField(1, theirs))).toBeUndefined();
    expect(filtered('v2')).toBeUndefined();
  });

  it('keeps of a v2 reply only the trace, and whether it is complete', () => {
    const metrics = message(2, varint(1, 99));
    const status = varint(3, 1);
    const why = text(4, 'too large');
    const reply = filtered('v2', bytesField(1, Buffer.concat([theirs, mine])), metrics, status, why);
    expect(reply).toEqual(Buffer.concat([bytesField(1, mine), status, why]));
  });

  it('reads a trace that is sent in several pieces', () => {
    const reply = filtered('v2', bytesField(1, mine), bytesField(1, theirs), bytesField(1, alsoMine));
    expect(reply).toEqual(bytesField(1, Buffer.concat([mine, alsoMine])));
  });

  it.each([
    ['no owner', resourceSpans('x', attribute('service.name', text(1, TENANT)))],
    ['no resource', message(1, message(2, text(2, 'x')))],
    ['two owners', resourceSpans('x', owner(TENANT), owner(OTHER_TENANT))],
    ['two resources', message(1, message(1, owner(TENANT)), message(1, owner(OTHER_TENANT)))],
    ['an owner that is a list', resourceSpans('x', attribute('tenant_id', message(5, text(1, TENANT))))],
    ['an owner in bytes', resourceSpans('x', attribute('tenant_id', text(7, TENANT)))],
    ['an owner in another case', resourceSpans('x', owner(TENANT.toUpperCase()))],
    ['an owner with more to it', resourceSpans('x', owner(`${TENANT} `))],
    ['another key', resourceSpans('x', attribute('tenant.id', text(1, TENANT)))],
    ['the owner on a span', message(1, message(1), message(2, message(2, owner(TENANT))))],
    ['an unknown field', text(9, 'x')],
  ])('leaves out a resource with %s', (_what, other) => {
    expect(filtered('v1', mine, other)).toEqual(mine);
  });

  it.each([
    ['cut short', mine.subarray(0, -1)],
    ['with a group', Buffer.from([0x0b])],
    ['with an endless number', Buffer.alloc(12, 0xff)],
  ])('refuses a reply %s', (_what, body) => {
    expect(() => filtered('v1', body)).toThrow(/cannot be read/);
  });
});

describe('json', () => {
  const spans = (name: string, ...owners: unknown[]): object => ({
    resource: { attributes: owners.map((value) => ({ key: 'tenant_id', value })) },
    scopeSpans: [{ spans: [{ name, startTimeUnixNano: '1764000000000000001' }] }],
  });
  const own = spans('mine', { stringValue: TENANT });
  const others = spans('theirs', { stringValue: OTHER_TENANT });
  const read = (api: 'v1' | 'v2', reply: object): unknown => {
    const body = Buffer.from(JSON.stringify(reply));
    const kept = filterTrace({ api, encoding: 'json', body, tenantId: TENANT });
    return kept === undefined ? undefined : JSON.parse(String(kept));
  };

  it('keeps what is the tenant’s own', () => {
    expect(read('v1', { batches: [others, own] })).toEqual({ batches: [own] });
    expect(
      read('v2', {
        trace: { resourceSpans: [own, others] },
        metrics: { inspectedBytes: '9' },
        status: 'PARTIAL',
      }),
    ).toEqual({ trace: { resourceSpans: [own] }, status: 'PARTIAL' });
  });

  it.each([
    ['v1' as const, { batches: [others] }],
    ['v1' as const, {}],
    ['v2' as const, { trace: {} }],
    ['v2' as const, { trace: { resourceSpans: [spans('x', { intValue: TENANT }), spans('y')] } }],
    [
      'v2' as const,
      { trace: { resourceSpans: [spans('x', { stringValue: TENANT }, { stringValue: 'b' })] } },
    ],
    ['v1' as const, { batches: [{ scopeSpans: [] }] }],
  ])('is nothing when nothing is the tenant’s own: %s %j', (api, reply) => {
    expect(read(api, reply)).toBeUndefined();
  });

  it.each(['', '[', '{"batches":{}}', '{"batches":[null]}', 'null'])('refuses %j', (body) => {
    const filter = () =>
      filterTrace({ api: 'v1', encoding: 'json', body: Buffer.from(body), tenantId: TENANT });
    expect(filter).toThrow(/cannot be read/);
  });
});

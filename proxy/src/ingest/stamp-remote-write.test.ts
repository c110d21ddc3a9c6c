import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decode, encode } from '../../test/ingest/codec.ts';
import { INNOCENT, normalise, SPOOFS } from '../../test/ingest/model.ts';
import { mutate } from '../../test/ingest/mutate.ts';
import { writeRequestV1, writeRequestV2 } from '../../test/ingest/payloads.ts';
import { stampWriteRequestV1 } from './stamp-remote-write-v1.ts';
import { stampWriteRequestV2 } from './stamp-remote-write-v2.ts';
import { bytesField } from './wire.ts';

const TENANT = '0b5e9a7c-5d2e-4b7a-9c56-1f2e3d4c5b6a';
/** The NaN that says "this series ends here": Prometheus knows it by its bits. */
const STALE_NAN = String(0x7ff0000000000002n);

type Label = [name: string, value: string];
interface Series {
  labels: Label[];
  samples?: object[];
  histograms?: object[];
  exemplars?: { labels: Label[]; value?: number; timestamp?: string }[];
}

/** The two versions seen alike: series in, series out. */
const VERSIONS = [
  {
    version: '1.0',
    stamp: stampWriteRequestV1,
    encode: (series: Series[]): Buffer =>
      encode('remotewrite.V1.WriteRequest', {
        timeseries: series.map(({ labels, exemplars, ...rest }) => ({
          labels: labels.map(toLabel),
          ...(exemplars && { exemplars: exemplars.map((e) => ({ ...e, labels: e.labels.map(toLabel) })) }),
          ...rest,
        })),
      }),
    decode: (body: Buffer): Series[] => {
      const { timeseries = [] } = decode('remotewrite.V1.WriteRequest', body) as { timeseries?: RawV1[] };
      return timeseries.map(({ labels = [], exemplars, ...rest }) => ({
        labels: labels.map(fromLabel),
        ...(exemplars && {
          exemplars: exemplars.map(({ labels: own = [], ...e }) => ({ ...e, labels: own.map(fromLabel) })),
        }),
        ...rest,
      }));
    },
  },
  {
    version: '2.0',
    stamp: stampWriteRequestV2,
    encode: (series: Series[]): Buffer => {
      const symbols = [''];
      const refs = (labels: Label[]): number[] =>
        labels.flat().map((text) => {
          const known = symbols.indexOf(text);
          return known === -1 ? symbols.push(text) - 1 : known;
        });
      const timeseries = series.map(({ labels, exemplars, ...rest }) => ({
        labelsRefs: refs(labels),
        ...(exemplars && {
          exemplars: exemplars.map(({ labels: own, ...e }) => ({ ...e, labelsRefs: refs(own) })),
        }),
        ...rest,
      }));
      return encode('remotewrite.V2.Request', { symbols, timeseries });
    },
    decode: (body: Buffer): Series[] => {
      const { symbols = [], timeseries = [] } = decode('remotewrite.V2.Request', body) as RawV2;
      const labelsOf = (refs: number[] = []): Label[] =>
        Array.from({ length: refs.length / 2 }, (_, i) => [
          symbols[refs[2 * i] as number] as string,
          symbols[refs[2 * i + 1] as number] as string,
        ]);
      return timeseries.map(({ labelsRefs, exemplars, ...rest }) => ({
        labels: labelsOf(labelsRefs),
        ...(exemplars && {
          exemplars: exemplars.map(({ labelsRefs: own, ...e }) => ({ ...e, labels: labelsOf(own) })),
        }),
        ...rest,
      }));
    },
  },
];

interface RawLabel {
  name?: string;
  value?: string;
}
interface RawV1 {
  labels?: RawLabel[];
  exemplars?: { labels?: RawLabel[] }[];
}
interface RawV2 {
  symbols?: string[];
  timeseries?: { labelsRefs?: number[]; exemplars?: { labelsRefs?: number[] }[] }[];
}
const toLabel = ([name, value]: Label): RawLabel => ({ name, value });
const fromLabel = ({ name = '', value = '' }: RawLabel): Label => [name, value];

const byName = ([a]: Label, [b]: Label): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const NAME: Label = ['__name__', 'up'];
const STAMP: Label = ['tenant_id', TENANT];
const SAMPLE = { valueBits: STALE_NAN, timestamp: '1790000000000' };
const isInnocent = ([name]: Label): boolean => normalise(name) !== 'tenant_id';

const expectedOf = ({ labels, exemplars, ...rest }: Series): Series => ({
  labels: [...labels.filter(isInnocent), STAMP].sort(byName),
  ...(exemplars && { exemplars: exemplars.map((e) => ({ ...e, labels: e.labels.filter(isInnocent) })) }),
  ...rest,
});

const labelName = fc.oneof(
  fc.constantFrom(...SPOOFS, ...INNOCENT, 'a', 'job', 'tenant_ic', 'tenant_ie', 'zone', 'é', 'Z'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
);
const labels = fc
  .uniqueArray(fc.tuple(labelName, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 })), {
    selector: ([name]) => name,
    maxLength: 8,
  })
  .map((some): Label[] => [NAME, ...some.filter(([name]) => name !== '__name__')].sort(byName));
const series: fc.Arbitrary<Series> = fc
  .record(
    {
      labels,
      samples: fc.array(fc.constant(SAMPLE), { minLength: 1, maxLength: 3 }),
      exemplars: fc.array(fc.record({ labels, value: fc.constant(1.5) }), { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['labels'] },
  )
  .map((record) => record as Series);

describe.each(VERSIONS)(
  'remote_write $version',
  ({ version, stamp, encode: encodeSeries, decode: decodeSeries }) => {
    const stamped = (...all: Series[]): Series[] => decodeSeries(stamp(encodeSeries(all), TENANT).body);
    const refused = (body: Buffer): unknown => {
      try {
        return stamp(body, TENANT);
      } catch (error) {
        return error;
      }
    };

    it('puts the tenant in its sorted place and changes nothing else', () => {
      const all = [
        { labels: [NAME], samples: [SAMPLE] },
        { labels: [NAME, ['job', 'api'], ['zone', 'b']] as Label[], samples: [SAMPLE, SAMPLE] },
        { labels: [NAME, ['tenant_i', 'x'], ['tenant_id_', 'x'], ['tenant_ie', 'x']] as Label[] },
      ];
      expect(stamped(...all)).toEqual(all.map(expectedOf));
      expect(stamped(...all)[1]?.labels).toEqual([NAME, ['job', 'api'], STAMP, ['zone', 'b']]);
    });

    it('equals the model on any series', () => {
      fc.assert(
        fc.property(fc.array(series, { maxLength: 4 }), (all) => {
          expect(stamped(...all)).toEqual(all.map(expectedOf));
        }),
        { numRuns: 600 },
      );
    });

    it.each(SPOOFS)('removes %j from labels and exemplars', (name) => {
      const own = [NAME, [name, 'theirs'] as Label].sort(byName);
      const text = JSON.stringify(stamped({ labels: own, exemplars: [{ labels: own, value: 1 }] }));
      expect(text).not.toContain('theirs');
    });

    it('keeps samples and histograms bit for bit, and counts them', () => {
      const histogram = { countInt: '3', sum: 1.5, schema: 3, positiveDeltas: ['1', '-1'], timestamp: '5' };
      const all = [
        { labels: [NAME], samples: [SAMPLE, SAMPLE] },
        { labels: [NAME], histograms: [histogram] },
      ];
      expect(stamped(...all)).toEqual(all.map(expectedOf));
      expect(stamp(encodeSeries(all), TENANT).samples).toBe(3);
      const spoofed = { labels: [NAME, ['tenant_id', 'theirs'] as Label], samples: [SAMPLE] };
      expect(stamp(encodeSeries([spoofed]), TENANT).samples).toBe(1);
    });

    it.each<[string, Label[], RegExp]>([
      ['a label twice', [NAME, ['a', '1'], ['a', '2']], /"a" is given twice in series 1 /],
      ['labels out of order', [NAME, ['b', '1'], ['a', '2']], /"a" is not in sorted order in series 1 /],
      ['no name', [['a', '1']], /no label __name__/],
      ['no labels', [], /no label __name__/],
      ['an empty label value', [NAME, ['a', '']], /empty label value/],
      ['an empty label name', [['', '1'], NAME], /empty label name/],
    ])('refuses all of a request with %s', (_what, bad, message) => {
      const body = encodeSeries([{ labels: [NAME] }, { labels: bad, samples: [SAMPLE] }]);
      expect(refused(body)).toMatchObject({
        status: 400,
        message: expect.stringMatching(message) as unknown,
      });
    });

    it('never accepts a body that is cut short within a series', () => {
      const whole = encodeSeries([
        { labels: [NAME, ['a', '1']], samples: [SAMPLE], exemplars: [{ labels: [NAME] }] },
      ]);
      const seriesAt = whole.length - lastFieldSize(whole);
      for (let length = seriesAt + 1; length < whole.length; length++) {
        expect(refused(whole.subarray(0, length))).toMatchObject({ status: 400 });
      }
    });

    it('refuses a tag of more bytes than it needs, which not every reader takes', () => {
      const unknown = Buffer.from([0x80, 0xd8, 0xc1, 0xa2, 0x8c, 0x00, 52]);
      const body = Buffer.concat([encodeSeries([{ labels: [NAME] }]), unknown]);
      expect(refused(body)).toMatchObject({ status: 400 });
    });

    it('refuses, or stamps as the model says, any bytes', () => {
      const base = encodeSeries([
        { labels: [NAME, ['tenant_id', 'theirs'], ['zone', 'x']], samples: [SAMPLE] },
        { labels: [NAME, ['a', 'tenant_id']], exemplars: [{ labels: [['tenant.id', 'theirs']] }] },
      ]);
      fc.assert(
        fc.property(mutate(fc.constant(base)), (body) => {
          const result = refused(body);
          if (result instanceof Error) {
            expect(result).toMatchObject({ name: 'Refusal', status: 400 });
            return;
          }
          const out = decodeSeries((result as { body: Buffer }).body);
          expect(out).toEqual(decodeSeries(body).map(expectedOf));
        }),
        { numRuns: 3000 },
      );
    });

    it('refuses a request of the other version, which would be read as an empty one', () => {
      const other = version === '1.0' ? writeRequestV2(1) : writeRequestV1(1);
      expect(refused(other)).toMatchObject({ status: 400 });
    });

    it('does not pass on what Prometheus does not know, where other stores have switches', () => {
      const skipValidation = Buffer.from([0xc0, 0x3e, 0x01]);
      const body = Buffer.concat([encodeSeries([{ labels: [NAME] }]), skipValidation]);
      expect(stamp(body, TENANT).body.includes(skipValidation)).toBe(false);
    });
  },
);

/** The size of the last top-level field, which both test bodies end with. */
function lastFieldSize(body: Buffer): number {
  for (let size = 2; size < 130; size++) {
    const at = body.length - size;
    if (body[at + 1] === size - 2 && (body[at] === 0x0a || body[at] === 0x2a)) return size;
  }
  throw new Error('no field found');
}

describe('remote_write 1.0 on the wire', () => {
  const label = (name: string, value: string): Buffer =>
    bytesField(1, Buffer.concat([bytesField(1, Buffer.from(name)), bytesField(2, Buffer.from(value))]));
  const name = label('__name__', 'up');
  const series = (...parts: Uint8Array[]): Buffer => bytesField(1, Buffer.concat([name, ...parts]));
  const timestamp = (...bytes: number[]): Buffer =>
    bytesField(2, Buffer.from([0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, ...bytes]));

  // Each is nearly what the shortcuts take.
  it.each([
    ['an empty value that is written out', series(label('job', ''))],
    ['an empty name that is written out', series(label('', 'x'))],
    [
      'a label past the end of its series',
      Buffer.concat([series(label('job', 'x').subarray(0, -1)), Buffer.from('x'), series()]),
    ],
    ['a timestamp of eleven bytes', series(timestamp(...Array<number>(10).fill(0x80), 0))],
    ['a timestamp that is cut short', series(timestamp(0x80))],
    ['a sample that ends before its timestamp', series(timestamp())],
  ])('is refused with %s', (_what, body) => {
    expect(() => stampWriteRequestV1(series(label('job', 'x'), timestamp(1)), TENANT)).not.toThrow();
    expect(() => stampWriteRequestV1(body, TENANT)).toThrow(expect.objectContaining({ status: 400 }));
  });
});

describe('remote_write 2.0 symbols', () => {
  const request = (symbols: string[], timeseries: object[]): Buffer =>
    encode('remotewrite.V2.Request', { symbols, timeseries });
  const stampV2 = (body: Buffer): Series[] =>
    VERSIONS[1]?.decode(stampWriteRequestV2(body, TENANT).body) ?? [];
  const names = ['', '__name__', 'up', 'tenant_id', 'x'];

  it('may serve as a name here and as a value there', () => {
    const body = request(names, [{ labelsRefs: [1, 3, 4, 3] }, { labelsRefs: [1, 2, 3, 4] }]);
    expect(stampV2(body)).toEqual([
      { labels: [['__name__', 'tenant_id'], STAMP, ['x', 'tenant_id']] },
      { labels: [NAME, STAMP] },
    ]);
  });

  it('may be there twice: a second spelling of the same name is found too', () => {
    const body = request([...names, 'tenant_id', '__name__'], [{ labelsRefs: [6, 2, 5, 4, 3, 4] }]);
    expect(stampV2(body)).toEqual([{ labels: [NAME, STAMP] }]);
    expect(() => stampV2(request([...names, 'x'], [{ labelsRefs: [1, 2, 4, 2, 5, 2] }]))).toThrow(
      /"x" is given twice/,
    );
  });

  it('may come after the series that use them', () => {
    const body = request(names, [{ labelsRefs: [1, 2] }]);
    const seriesAt = body.indexOf(Buffer.from([0x2a, 0x04, 0x0a, 0x02, 0x01, 0x02]));
    expect(stampV2(Buffer.concat([body.subarray(seriesAt), body.subarray(0, seriesAt)]))).toEqual([
      { labels: [NAME, STAMP] },
    ]);
  });

  it('may be referred to in several fields, packed or not, cut anywhere', () => {
    const symbols = names.map((text) => bytesField(4, Buffer.from(text)));
    const timeseries = [0x0a, 0x01, 0x01, 0x08, 0x02, 0x08, 0x03, 0x0a, 0x01, 0x04, 0x0a, 0x00];
    const body = Buffer.concat([...symbols, bytesField(5, Buffer.from(timeseries))]);
    expect(stampV2(body)).toEqual([{ labels: [NAME, STAMP] }]);
  });

  it('may come after the samples, which are counted once all the same', () => {
    const symbols = names.map((text) => bytesField(4, Buffer.from(text)));
    const sample = bytesField(2, Buffer.from([0x10, 0x01]));
    const series = Buffer.concat([sample, bytesField(1, Buffer.from([1, 2, 3, 4]))]);
    const { body, samples } = stampWriteRequestV2(Buffer.concat([...symbols, bytesField(5, series)]), TENANT);
    expect(samples).toBe(1);
    expect(VERSIONS[1]?.decode(body)).toMatchObject([{ labels: [NAME, STAMP] }]);
  });

  it('make one list of all fields: a label in the first is known in the second', () => {
    const symbols = names.map((text) => bytesField(4, Buffer.from(text)));
    const refs = bytesField(1, Buffer.from([1, 2]));
    const body = Buffer.concat([...symbols, bytesField(5, Buffer.concat([refs, refs]))]);
    expect(() => stampV2(body)).toThrow(/"__name__" is given twice/);
  });

  it.each([
    ['a first symbol that is not empty', request(['x', '__name__'], [])],
    ['a reference past the end', request(names, [{ labelsRefs: [1, 2, 4, 5] }])],
    ['an odd number of references', request(names, [{ labelsRefs: [1, 2, 4] }])],
    [
      'an odd number of references in an exemplar',
      request(names, [{ labelsRefs: [1, 2], exemplars: [{ labelsRefs: [1] }] }]),
    ],
    ['a help text past the end', request(names, [{ labelsRefs: [1, 2], metadata: { helpRef: 9 } }])],
    ['a unit past the end', request(names, [{ labelsRefs: [1, 2], metadata: { unitRef: 5 } }])],
    [
      'a reference of 64 bits',
      Buffer.from([0x22, 0x00, 0x2a, 0x0b, 0x08, ...Array<number>(9).fill(0x80), 0x01]),
    ],
    ['no symbols at all', request([], [{ labelsRefs: [0, 0] }])],
  ])('are refused: %s', (_what, body) => {
    expect(() => stampWriteRequestV2(body, TENANT)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('may be referred to without end', () => {
    const many = Array<number>(400_000).fill(4);
    const body = request(names, [{ labelsRefs: [1, 2], exemplars: [{ labelsRefs: [3, 2, ...many] }] }]);
    expect(stampV2(body)[0]?.exemplars?.[0]?.labels).toHaveLength(200_000);
  });

  it('of the stamp are the only ones that are added', () => {
    const body = writeRequestV2(5);
    const before = decode('remotewrite.V2.Request', body)['symbols'] as string[];
    const after = decode('remotewrite.V2.Request', stampWriteRequestV2(body, TENANT).body)['symbols'];
    expect(after).toEqual([...before, ...STAMP]);
  });
});

import { CHECKOUT, spanId, TRACE_ID, traceAnswer } from '../test/trace-answer';
import { readTrace } from './otlp';
import { isFound, visibleSpans } from './trace';

const read = (...spans: Parameters<typeof traceAnswer>) => readTrace(TRACE_ID, traceAnswer(...spans))!;
const names = (trace: ReturnType<typeof read>) =>
  trace.spans.map(({ id, depth }) => `${id.replace(/^0+/, '')}@${depth}`);

describe('readTrace', () => {
  it('orders spans as they are read: parents first, siblings by their start', () => {
    const trace = read(
      { id: 'c', parent: 'a', from: 50, to: 60 },
      { id: 'b', parent: 'a', from: 10, to: 20 },
      { id: 'd', parent: 'b', from: 12, to: 14 },
      { id: 'a', from: 0, to: 100 }
    );
    expect(names(trace)).toEqual(['a@0', 'b@1', 'd@2', 'c@1']);
    expect(trace.spans.map(({ descendants }) => descendants)).toEqual([3, 1, 0, 0]);
    expect(trace.durationMs).toBe(100);
  });

  it('counts services and errors, and never shows the tenant', () => {
    const trace = readTrace(TRACE_ID, CHECKOUT)!;
    expect(trace.services).toEqual(['frontend', 'checkout', 'payment']);
    expect(trace.errors).toBe(1);
    expect(trace.spans[3]).toMatchObject({
      statusMessage: 'card declined',
      kind: 'server',
      startMs: 30,
      durationMs: 50,
      events: [{ name: 'exception', attributes: [['exception.message', 'card declined']] }],
    });
    expect(JSON.stringify(trace.spans.map(({ resource }) => resource))).not.toContain('hidden');
  });

  it('reads ids in Base64, as Tempo writes them, and enums as numbers', () => {
    const answer = {
      trace: {
        resourceSpans: [
          {
            scopeSpans: [
              {
                spans: [
                  {
                    spanId: 'H7jVzEhUVwk=',
                    parentSpanId: 'lBdC8jJNAxw=',
                    kind: 3,
                    status: { code: 2 },
                    attributes: [{ key: 'n', value: { intValue: '500' } }],
                    links: [{ traceId: '5PVkhRIFIuGtEznU+p3Siw==', spanId: 'H7jVzEhUVwk=' }],
                  },
                ],
              },
            ],
          },
        ],
      },
    };
    expect(readTrace(TRACE_ID, answer)!.spans[0]).toMatchObject({
      id: '1fb8d5cc48545709',
      parentId: '941742f2324d031c',
      isOrphan: true,
      kind: 'client',
      isError: true,
      attributes: [['n', '500']],
      links: [{ traceId: 'e4f56485120522e1ad1339d4fa9dd28b' }],
    });
  });

  it('says why a part is missing', () => {
    expect(readTrace(TRACE_ID, { ...CHECKOUT, status: 'PARTIAL', message: 'too large' })!.partial).toBe('too large');
    expect(readTrace(TRACE_ID, { trace: { resourceSpans: [] } })).toBeUndefined();
  });

  it('survives spans that are each other’s parents, come twice, or lie very deep', () => {
    const loop = read({ id: 'a', parent: 'b' }, { id: 'b', parent: 'a' }, { id: 'b', parent: 'a' });
    expect(loop.spans).toHaveLength(2);
    const deep = Array.from({ length: 20_000 }, (_, at) => ({
      id: String(at + 1),
      ...(at > 0 && { parent: String(at) }),
      from: at / 1000,
      to: 100 - at / 1000,
    }));
    expect(read(...deep).spans.at(-1)).toMatchObject({ depth: 19_999 });
  });
});

describe('the critical path', () => {
  const path = (trace: ReturnType<typeof read>) =>
    Object.fromEntries(trace.spans.map(({ id, critical }) => [id.replace(/^0+/, ''), critical]));

  it('is what was waited for: of children at once, the one that ended last', () => {
    const trace = read(
      { id: 'a', from: 0, to: 100 },
      { id: 'b', parent: 'a', from: 10, to: 60 },
      { id: 'c', parent: 'a', from: 10, to: 40 },
      { id: 'd', parent: 'a', from: 70, to: 90 }
    );
    expect(path(trace)).toEqual({
      a: [
        [0, 10],
        [60, 70],
        [90, 100],
      ],
      b: [[10, 60]],
      c: [],
      d: [[70, 90]],
    });
  });

  it('ends with the parent, whatever a child goes on with', () => {
    const trace = read(
      { id: 'a', from: 0, to: 50 },
      { id: 'b', parent: 'a', from: 20, to: 200 },
      { id: 'c', parent: 'a', from: 60, to: 90 }
    );
    expect(path(trace)).toEqual({ a: [[0, 20]], b: [[20, 50]], c: [] });
  });
});

it('hides what is below a folded span', () => {
  const { spans } = readTrace(TRACE_ID, CHECKOUT)!;
  expect(visibleSpans(spans, new Set())).toEqual([0, 1, 2, 3]);
  expect(visibleSpans(spans, new Set([spanId('2')]))).toEqual([0, 1]);
});

it('finds spans by name, service, message and attribute', () => {
  const { spans } = readTrace(TRACE_ID, CHECKOUT)!;
  const found = (text: string) => spans.filter((span) => isFound(span, text)).map(({ name }) => name);
  expect(found('DECLINED')).toEqual(['POST /charges']);
  expect(found('http.route')).toEqual(['POST /charges']);
  expect(found('frontend')).toEqual(['POST /checkout']);
});

import { createDataFrame, DataFrameType, FieldType, toDataFrame } from '@grafana/data';
import { histogramLine, hitOf, traceOf } from '../test/search-lines';
import { logsFrame, tracesFrame, volumeFrames } from './frames';

const values = (frame: ReturnType<typeof logsFrame>) =>
  Object.fromEntries(frame.fields.map(({ name, values }) => [name, values]));

describe('logs frame', () => {
  const frame = logsFrame('A', [hitOf(), traceOf(), hitOf({ id: '2', severity: null, traceId: null, spanId: null })]);

  it('is a LogLines frame of logs alone', () => {
    expect(frame.meta).toMatchObject({ type: DataFrameType.LogLines, preferredVisualisationType: 'logs' });
    expect(frame.length).toBe(2);
    expect(frame.fields.map(({ name, type }) => [name, type])).toEqual([
      ['timestamp', FieldType.time],
      ['body', FieldType.string],
      ['severity', FieldType.string],
      ['id', FieldType.string],
      ['labels', FieldType.other],
    ]);
  });

  it('keeps the nanoseconds beside the milliseconds', () => {
    expect(frame.fields[0]?.values[0]).toBe(Date.parse('2026-11-23T09:00:00.123Z'));
    expect(frame.fields[0]?.nanos?.[0]).toBe(456_789);
  });

  it('has what is known of a line as its labels, and nothing that is not', () => {
    expect(values(frame).labels).toEqual([
      {
        'http.route': '/pay',
        service: 'checkout',
        source: 'loki',
        span_id: '00f067aa0ba902b7',
        trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      },
      { 'http.route': '/pay', service: 'checkout', source: 'loki' },
    ]);
    expect(values(frame).severity).toEqual(['error', 'unknown']);
  });

  it('survives what Grafana does with frames', () => {
    expect(createDataFrame(frame).length).toBe(2);
    expect(toDataFrame(logsFrame('A', [])).length).toBe(0);
  });
});

describe('traces frame', () => {
  it('is a table of traces, durations in milliseconds', () => {
    const frame = tracesFrame('B', [hitOf(), traceOf()]);
    expect(values(frame)).toMatchObject({
      traceID: ['4bf92f3577b34da6a3ce929d0e0e4736'],
      traceService: ['checkout'],
      traceName: ['POST /checkout'],
      traceDuration: [842.5],
    });
    expect(frame.fields.find(({ name }) => name === 'traceDuration')?.config.unit).toBe('ms');
  });
});

describe('volume frames', () => {
  it('are one series for each severity, a value for each bucket', () => {
    const frames = volumeFrames('C', [histogramLine()]);
    expect(frames.map(({ name }) => name)).toEqual(['info', 'error']);
    expect(frames[1]?.fields[1]).toMatchObject({
      values: [0, 1, 5],
      labels: { level: 'error', signal: 'logs', source: 'loki' },
    });
    const start = Date.parse('2026-11-23T08:00:00Z');
    expect(frames[1]?.fields[0]?.values).toEqual([start, start + 60_000, start + 120_000]);
  });
});

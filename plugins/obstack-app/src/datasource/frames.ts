/** Hits and histograms as Grafana's data frames. Pure: search results in, frames out. */
import { type DataFrame, DataFrameType, type Field, FieldType } from '@grafana/data';
import type { SearchHistogram, SearchHit } from '@obstack/contracts/search';

/**
 * A logs frame (https://grafana.com/developers/dataplane/logs, kind LogLines 0.0): `timestamp`, `body`, `severity`,
 * `id` and `labels`.
 */
export function logsFrame(refId: string, hits: readonly SearchHit[]): DataFrame {
  const logs = hits.filter(({ signal }) => signal === 'logs');
  return {
    refId,
    name: refId,
    length: logs.length,
    meta: { type: DataFrameType.LogLines, typeVersion: [0, 0], preferredVisualisationType: 'logs' },
    fields: [
      field('timestamp', FieldType.time, logs.map(ms), { nanos: logs.map(nanosWithinMs) }),
      field(
        'body',
        FieldType.string,
        logs.map(({ title }) => title)
      ),
      field(
        'severity',
        FieldType.string,
        logs.map(({ severity }) => severity ?? 'unknown')
      ),
      field(
        'id',
        FieldType.string,
        logs.map(({ id }) => id)
      ),
      field('labels', FieldType.other, logs.map(labelsOf)),
    ],
  };
}

/** A table of traces as Tempo's data source has it, so that dashboards can swap one for the other. */
export function tracesFrame(refId: string, hits: readonly SearchHit[]): DataFrame {
  const traces = hits.filter(({ signal }) => signal === 'traces');
  return {
    refId,
    name: refId,
    length: traces.length,
    meta: { preferredVisualisationType: 'table' },
    fields: [
      field(
        'traceID',
        FieldType.string,
        traces.map(({ traceId }) => traceId),
        {
          config: { displayNameFromDS: 'Trace ID' },
        }
      ),
      field('startTime', FieldType.time, traces.map(ms), { config: { displayNameFromDS: 'Start time' } }),
      field(
        'traceService',
        FieldType.string,
        traces.map(({ service }) => service),
        {
          config: { displayNameFromDS: 'Service' },
        }
      ),
      field(
        'traceName',
        FieldType.string,
        traces.map(({ title }) => title),
        { config: { displayNameFromDS: 'Name' } }
      ),
      field(
        'traceDuration',
        FieldType.number,
        traces.map(({ durationMs }) => durationMs),
        {
          config: { displayNameFromDS: 'Duration', unit: 'ms' },
        }
      ),
    ],
  };
}

/** One time series for each source and severity: how much there was in each bucket. */
export function volumeFrames(refId: string, histograms: readonly SearchHistogram[]): DataFrame[] {
  return histograms.flatMap(({ source, signal, unit, start, stepMs, series }) =>
    series.map(({ severity, counts }): DataFrame => {
      const first = Date.parse(start);
      const labels = { signal, source, ...(severity && { level: severity }) };
      return {
        refId,
        name: severity ?? signal,
        length: counts.length,
        meta: { type: DataFrameType.TimeSeriesMulti, typeVersion: [0, 1] },
        fields: [
          field(
            'Time',
            FieldType.time,
            counts.map((_, at) => first + at * stepMs),
            { config: { interval: stepMs } }
          ),
          field('Value', FieldType.number, counts, {
            labels,
            config: { displayNameFromDS: severity ?? `${signal} (${unit})` },
          }),
        ],
      };
    })
  );
}

function field(name: string, type: FieldType, values: unknown[], more: Partial<Field> = {}): Field {
  return { name, type, values, config: {}, ...more };
}

const ms = ({ time }: SearchHit) => Date.parse(time);

/** What a number of milliseconds leaves out: 0 to 999,999. */
const nanosWithinMs = ({ time }: SearchHit) => {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  return Number(fraction.padEnd(9, '0').slice(3, 9));
};

function labelsOf({ service, source, traceId, spanId, attributes }: SearchHit): Record<string, string> {
  return {
    ...attributes,
    source,
    ...(service !== null && { service }),
    ...(traceId !== null && { trace_id: traceId }),
    ...(spanId !== null && { span_id: spanId }),
  };
}

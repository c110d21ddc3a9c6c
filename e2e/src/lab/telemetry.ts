// Small pushes and the questions that find them again, for tests about the way there and back.
import { randomBytes } from 'node:crypto';
import { doubleBits, encodeMessage } from '@obstack/proxy/testing';
import snappy from 'snappy';

export const KINDS = ['logs', 'metrics', 'traces', 'remote-write'] as const;
export type Kind = (typeof KINDS)[number];

export interface PushReply {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** Pushes one record that carries `marker`. OTLP goes as JSON, whose errors can be read. */
export async function pushMarked(
  proxyUrl: string,
  ingestKey: string,
  kind: Kind,
  marker: string,
): Promise<PushReply> {
  const isRemoteWrite = kind === 'remote-write';
  const reply = await fetch(`${proxyUrl}${isRemoteWrite ? '/api/v1/write' : `/v1/${kind}`}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ingestKey}`,
      'content-type': isRemoteWrite ? 'application/x-protobuf' : 'application/json',
      ...(isRemoteWrite && { 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' }),
    },
    body: isRemoteWrite ? new Uint8Array(remoteWrite(marker)) : JSON.stringify(otlp(kind, marker)),
  });
  return { status: reply.status, text: await reply.text(), headers: reply.headers };
}

/** The path on the proxy, and what its answer holds once the record is visible. */
export function findMarked(kind: Kind, marker: string): string {
  const now = Math.floor(Date.now() / 1000);
  switch (kind) {
    case 'logs': {
      const query = encodeURIComponent(`{service_name="marked"} |= "${marker}"`);
      return `/loki/api/v1/query_range?query=${query}&since=1h`;
    }
    case 'traces': {
      const q = encodeURIComponent(`{ name = "${marker}" }`);
      return `/tempo/api/search?q=${q}&start=${now - 1800}&end=${now + 60}`;
    }
    case 'metrics':
    case 'remote-write':
      return `/prometheus/api/v1/query?query=${encodeURIComponent(`last_over_time({__name__="${marker}"}[1h])`)}`;
  }
}

/** Whether an answer to `findMarked` holds the record; Tempo does not repeat the name it was asked for. */
export const holdsMarked = (kind: Kind, marker: string, answer: string): boolean =>
  kind === 'traces' ? answer.includes('"traceID"') : answer.includes(marker);

function otlp(kind: Exclude<Kind, 'remote-write'>, marker: string): object {
  const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n);
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'marked' } }] };
  switch (kind) {
    case 'logs':
      return {
        resourceLogs: [
          { resource, scopeLogs: [{ logRecords: [{ timeUnixNano, body: { stringValue: marker } }] }] },
        ],
      };
    case 'metrics': {
      const gauge = { dataPoints: [{ timeUnixNano, asDouble: 1 }] };
      return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: marker, gauge }] }] }] };
    }
    case 'traces': {
      const span = {
        traceId: randomBytes(16).toString('hex'),
        spanId: randomBytes(8).toString('hex'),
        name: marker,
        kind: 2,
        startTimeUnixNano: timeUnixNano,
        endTimeUnixNano: timeUnixNano,
      };
      return { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
    }
  }
}

const remoteWrite = (marker: string): Buffer =>
  snappy.compressSync(
    encodeMessage('remotewrite.V1.WriteRequest', {
      timeseries: [
        {
          labels: [{ name: '__name__', value: marker }],
          samples: [{ valueBits: doubleBits(1), timestamp: Date.now() }],
        },
      ],
    }),
  );

// Puts data into a store directly, as it would look after the proxy stamped it. Encoders are the tests' own.
import { doubleBits, encodeMessage } from '@obstack/proxy/testing';
import snappy from 'snappy';
import type { LogStream } from './logs.ts';
import { timeOf } from './metrics.ts';
import type { NativeHistogram, Series } from './metrics.ts';
import type { ResourceSpans } from './traces.ts';
import type { Window } from './window.ts';

// The NaN that ends a series: https://github.com/prometheus/prometheus model/value/value.go
const STALE_BITS = String(0x7ff0000000000002n);

/** Into Prometheus, by remote_write 1.0. */
export async function pushMetrics(
  prometheusUrl: string,
  series: readonly Series[],
  window: Window,
): Promise<void> {
  const message = encodeMessage('remotewrite.V1.WriteRequest', {
    timeseries: series.map(({ labels, values, histograms, exemplars }) => ({
      labels: Object.entries(labels)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => ({ name, value })),
      samples: (values ?? []).flatMap((value, step) =>
        value === undefined
          ? []
          : [
              {
                valueBits: value === 'stale' ? STALE_BITS : doubleBits(value),
                timestamp: timeOf(step, window),
              },
            ],
      ),
      histograms: (histograms ?? []).map((one, step) => histogramOf(one, timeOf(step, window))),
      exemplars: (exemplars ?? []).map(({ labels: on, value, step }) => ({
        labels: Object.entries(on).map(([name, text]) => ({ name, value: text })),
        value,
        timestamp: timeOf(step, window),
      })),
    })),
  });
  await post(`${prometheusUrl}/api/v1/write`, snappy.compressSync(message), {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  });
}

function histogramOf({ count, sum, zeroCount, offset, buckets }: NativeHistogram, timestamp: number): object {
  return {
    countInt: count,
    sum,
    schema: 0,
    zeroThreshold: 0.001,
    zeroCountInt: zeroCount,
    positiveSpans: [{ offset, length: buckets.length }],
    positiveDeltas: buckets.map((bucket, i) => bucket - (buckets[i - 1] ?? 0)),
    timestamp,
  };
}

/** Into one storage tenant of Loki. */
export async function pushLogs(
  lokiUrl: string,
  storageTenant: string,
  streams: readonly LogStream[],
): Promise<void> {
  const body = JSON.stringify({
    streams: streams.map(({ labels, entries }) => ({
      stream: labels,
      values: entries.map(({ nanos, line, metadata }) => [String(nanos), line, metadata]),
    })),
  });
  await post(`${lokiUrl}/loki/api/v1/push`, body, {
    'content-type': 'application/json',
    'x-scope-orgid': storageTenant,
  });
}

/** Into one storage tenant of Tempo, at its OTLP receiver. */
export async function pushTraces(
  tempoOtlpUrl: string,
  storageTenant: string,
  resourceSpans: readonly ResourceSpans[],
): Promise<void> {
  await post(`${tempoOtlpUrl}/v1/traces`, JSON.stringify({ resourceSpans }), {
    'content-type': 'application/json',
    'x-scope-orgid': storageTenant,
  });
}

async function post(url: string, body: string | Buffer, headers: Record<string, string>): Promise<void> {
  const reply = await fetch(url, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
  if (!reply.ok) throw new Error(`${url} answered ${reply.status}: ${await reply.text()}`);
}

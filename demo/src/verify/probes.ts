/**
 * What is pushed, and the query paths on which it must show up. No answer on these paths repeats its query, so an answer
 * which holds the mark has seen the event.
 */
import type { Signal } from '@obstack/contracts';
import type { DemoTenant } from '../demo-file.ts';
import {
  type Format,
  logEvent,
  MARK_ATTRIBUTE,
  metricEvent,
  OTLP_METRIC,
  type Payload,
  SERVICE,
  traceEvent,
} from './events.ts';
import { REMOTE_WRITE_METRIC, remoteWriteRequest } from './remote-write.ts';

/** A query for one event. */
export interface QueryPath {
  /** As people know it: the route without the part that varies. */
  name: string;
  /**
   * Path and query string. @param tenantId spelled in the query as a condition of its own, as someone would who wants
   * another tenant's data.
   */
  address(tenantId?: string): string;
}

export interface Probe {
  signal: Signal;
  /** How it is pushed. */
  via: 'OTLP protobuf' | 'OTLP JSON' | 'remote_write';
  pushPath: string;
  headers: Record<string, string>;
  body: Uint8Array;
  mark: string;
  queryPaths: QueryPath[];
}

/** Everything to push for one tenant. @param format of the OTLP events. */
export async function probesFor(tenant: Pick<DemoTenant, 'name'>, format: Format): Promise<Probe[]> {
  const newMark = () => `${tenant.name}-${crypto.randomUUID()}`;
  const [logs, metrics, traces, remoteWrite] = [newMark(), newMark(), newMark(), newMark()];
  const trace = await traceEvent(traces, format);
  return [
    otlp('logs', format, logs, await logEvent(logs, format), lokiPaths(logs)),
    otlp(
      'metrics',
      format,
      metrics,
      await metricEvent(metrics, format),
      prometheusPaths(OTLP_METRIC, metrics),
    ),
    otlp('traces', format, traces, trace, tempoPaths(traces, trace.traceId)),
    {
      signal: 'metrics',
      via: 'remote_write',
      pushPath: '/api/v1/write',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: remoteWriteRequest(
        { __name__: REMOTE_WRITE_METRIC, job: SERVICE, [MARK_ATTRIBUTE]: remoteWrite },
        1,
        Date.now(),
      ),
      mark: remoteWrite,
      queryPaths: prometheusPaths(REMOTE_WRITE_METRIC, remoteWrite),
    },
  ];
}

function otlp(
  signal: Signal,
  format: Format,
  mark: string,
  payload: Payload,
  queryPaths: QueryPath[],
): Probe {
  return {
    signal,
    via: format === 'json' ? 'OTLP JSON' : 'OTLP protobuf',
    pushPath: `/v1/${signal}`,
    headers: { 'content-type': payload.contentType },
    body: payload.body,
    mark,
    queryPaths,
  };
}

function lokiPaths(mark: string): QueryPath[] {
  const query = (tenantId?: string) =>
    `{service_name="${SERVICE}"${tenantId ? `, tenant_id="${tenantId}"` : ''}} | ${MARK_ATTRIBUTE}="${mark}"`;
  return [
    {
      name: 'loki query_range',
      address: (tenantId) =>
        `/loki/api/v1/query_range?${encoded({ query: query(tenantId), ...nanoseconds() })}`,
    },
    {
      name: 'loki detected_field values',
      address: (tenantId) =>
        `/loki/api/v1/detected_field/${MARK_ATTRIBUTE}/values?${encoded({ query: query(tenantId), ...nanoseconds() })}`,
    },
  ];
}

function prometheusPaths(metric: string, mark: string): QueryPath[] {
  const selector = (tenantId?: string) =>
    `${metric}{${MARK_ATTRIBUTE}="${mark}"${tenantId ? `, tenant_id="${tenantId}"` : ''}}`;
  return [
    {
      name: 'prometheus query',
      address: (tenantId) => `/prometheus/api/v1/query?${encoded({ query: selector(tenantId) })}`,
    },
    {
      name: 'prometheus series',
      address: (tenantId) => `/prometheus/api/v1/series?${encoded({ 'match[]': selector(tenantId) })}`,
    },
    {
      name: 'prometheus label values',
      address: (tenantId) =>
        `/prometheus/api/v1/label/${MARK_ATTRIBUTE}/values?${encoded({ 'match[]': selector(tenantId) })}`,
    },
  ];
}

function tempoPaths(mark: string, traceId: string): QueryPath[] {
  const query = (condition: string, tenantId?: string) =>
    `{ ${condition}${tenantId ? ` && resource.tenant_id = "${tenantId}"` : ''} }`;
  const marked = `span.${MARK_ATTRIBUTE} = "${mark}"`;
  // Asked for the values of a tag that the filter itself pins down, Tempo just gives the filter's value back.
  const unmarked = `resource.service.name = "${SERVICE}"`;
  return [
    {
      name: 'tempo search',
      address: (tenantId) => `/tempo/api/search?${encoded({ q: query(marked, tenantId), ...seconds() })}`,
    },
    {
      name: 'tempo tag values',
      address: (tenantId) =>
        `/tempo/api/v2/search/tag/span.${MARK_ATTRIBUTE}/values?${encoded({ q: query(unmarked, tenantId), ...seconds() })}`,
    },
    { name: 'tempo trace by id', address: () => `/tempo/api/v2/traces/${traceId}` },
  ];
}

const MINUTE = 60_000;

function nanoseconds() {
  return { start: `${Date.now() - MINUTE}000000`, end: `${Date.now() + MINUTE}000000` };
}

function seconds() {
  return {
    start: `${Math.floor((Date.now() - MINUTE) / 1000)}`,
    end: `${Math.floor((Date.now() + MINUTE) / 1000)}`,
  };
}

function encoded(parameters: Record<string, string>): string {
  return new URLSearchParams(parameters).toString();
}

/** One record that can be told from all others: how it is pushed, how a query finds it, and where Grafana shows it. */
import { randomBytes } from 'node:crypto';
import type { Signal } from '@obstack/contracts';

export interface MarkedRecord {
  /** Path of the push on the proxy, and its OTLP/JSON body. */
  push: { path: string; body: string };
  /** Path on the proxy of the query that finds it. */
  find: string;
  /** Whether that query's answer holds it. */
  isIn(answer: string): boolean;
  /** What Grafana's Explore is asked, in the datasource of that uid (provisioning/grafana/datasources.yaml). */
  explore: { datasource: string; type: string; query: object };
}

const SERVICE = 'obstack-test-event';
const METRIC = 'obstack_test_event';

export function markedRecord(signal: Signal): MarkedRecord {
  const id = randomBytes(16).toString('hex');
  const path = `/v1/${signal}`;
  const now = `${Date.now()}000000`;
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const resource = { attributes: [text('service.name', SERVICE)] };
  switch (signal) {
    case 'logs': {
      const record = {
        timeUnixNano: now,
        severityText: 'INFO',
        body: { stringValue: `A test event: ${id}` },
      };
      const query = `{service_name="${SERVICE}"} |= "${id}"`;
      return {
        push: { path, body: otlp('Logs', resource, { logRecords: [record] }) },
        find: `/loki/api/v1/query_range?${form({ query, since: '1h', limit: '1' })}`,
        isIn: (answer) => answer.includes(id),
        explore: { datasource: 'obstack-loki', type: 'loki', query: { expr: query, queryType: 'range' } },
      };
    }
    case 'metrics': {
      const point = { timeUnixNano: now, asDouble: 1, attributes: [text('test_event', id)] };
      const query = `${METRIC}{test_event="${id}"}`;
      return {
        push: {
          path,
          body: otlp('Metrics', resource, { metrics: [{ name: METRIC, gauge: { dataPoints: [point] } }] }),
        },
        find: `/prometheus/api/v1/query?${form({ query })}`,
        isIn: (answer) => answer.includes(id),
        explore: { datasource: 'obstack-prometheus', type: 'prometheus', query: { expr: query } },
      };
    }
    case 'traces': {
      const span = {
        traceId: id,
        spanId: randomBytes(8).toString('hex'),
        name: 'A test event',
        kind: 1,
        startTimeUnixNano: now,
        endTimeUnixNano: now,
      };
      return {
        push: { path, body: otlp('Spans', resource, { spans: [span] }) },
        find: `/tempo/api/v2/traces/${id}`,
        // The proxy answers 404 while there is no such trace.
        isIn: (answer) => answer.includes(SERVICE),
        explore: { datasource: 'obstack-tempo', type: 'tempo', query: { query: id, queryType: 'traceql' } },
      };
    }
  }
}

/** An Export*ServiceRequest of OTLP/JSON with one resource and one scope. */
function otlp(what: 'Logs' | 'Metrics' | 'Spans', resource: object, scope: object): string {
  return JSON.stringify({ [`resource${what}`]: [{ resource, [`scope${what}`]: [scope] }] });
}

const form = (params: Record<string, string>) => new URLSearchParams(params).toString();

/**
 * The tenant has an org of its own there; without its id Grafana shows the one that the caller was last in.
 * https://grafana.com/docs/grafana/latest/explore/get-started-with-explore/#generate-explore-urls-from-external-tools
 */
export function exploreUrl(grafanaUrl: string, orgId: number | null, { explore }: MarkedRecord): string {
  const { datasource, type, query } = explore;
  const pane = {
    datasource,
    queries: [{ refId: 'A', datasource: { type, uid: datasource }, ...query }],
    range: { from: 'now-1h', to: 'now' },
  };
  const org = orgId === null ? {} : { orgId: String(orgId) };
  return `${grafanaUrl}/explore?${form({ schemaVersion: '1', ...org, panes: JSON.stringify({ test: pane }) })}`;
}

// The traces of one tenant, stamped, as OTLP/JSON resource spans.
import { seededRng } from '@obstack/proxy/testing';
import type { LabTenant } from '../lab/tenants.ts';
import { othersThan } from '../lab/tenants.ts';
import { INSTANCES, SHARED_TRACE, traceIdOf } from './metrics.ts';
import { STEP_MS } from './window.ts';
import type { Window } from './window.ts';

type Attribute = { key: string; value: Record<string, unknown> };
export type ResourceSpans = Record<string, unknown>;

const TRACES = 16;

const attributes = (values: Record<string, string | number | boolean>): Attribute[] =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : Number.isInteger(value)
            ? { intValue: String(value) }
            : { doubleValue: value },
  }));

/** One element a trace and service, in order of time. */
export function tracesOf(tenant: LabTenant, window: Window): ResourceSpans[] {
  const random = seededRng(3000 + tenant.index);
  const whole = (below: number): number => Math.floor(random() * below);
  const [victim] = othersThan(tenant);
  const last = tenant.index === 2 ? 'ledger' : 'search';

  const traceOf = (trace: number, slot: number): ResourceSpans[] => {
    const traceId = traceIdOf(tenant, trace);
    const spanId = (n: number): string =>
      `${tenant.index + 1}${String(trace * 10 + n + 1).padStart(15, '0')}`;
    const startNanos = BigInt(window.startMs + slot * STEP_MS * 1.9) * 1_000_000n;
    const span = (
      n: number,
      parent: number | undefined,
      name: string,
      kind: number,
      more: object,
    ): object => {
      const start = startNanos + BigInt(n * 5_000_000);
      const failed = whole(5) === 0;
      return {
        traceId,
        spanId: spanId(n),
        ...(parent !== undefined && { parentSpanId: spanId(parent) }),
        name,
        kind,
        startTimeUnixNano: String(start),
        endTimeUnixNano: String(start + BigInt((20 + whole(400)) * 1_000_000)),
        status: failed ? { code: 2, message: `${tenant.secret} failed` } : { code: n === 0 ? 1 : 0 },
        ...more,
      };
    };
    const resource = (service: string, spans: object[]): ResourceSpans => ({
      resource: {
        attributes: attributes({
          'service.name': service,
          'k8s.cluster.name': 'eu-1',
          'host.name': INSTANCES[trace % 2] ?? '',
          [`${tenant.secret}.zone`]: tenant.secret,
          tenant_id: tenant.id,
        }),
      },
      scopeSpans: [{ scope: { name: 'shop', version: '1.2.3' }, spans }],
    });
    // No attribute has more values than compare() shows by default (10): which of more it shows is chance.
    const http = (status: number): Attribute[] =>
      attributes({
        'http.method': trace % 3 === 0 ? 'POST' : 'GET',
        'http.status_code': status,
        'http.url': `/api/items/${whole(8)}`,
        foo: `value-${whole(4)}`,
        ratio: whole(8) / 8,
        cached: trace % 2 === 0,
        owner: tenant.secret,
      });
    return [
      resource('checkout', [
        span(0, undefined, `POST /checkout ${tenant.secret}`, 2, {
          attributes: http(trace % 4 === 0 ? 500 : 200),
        }),
        span(1, 0, 'price', 1, {
          // A span attribute that is called like the resource's, with a neighbour's id (class 24).
          attributes: attributes({ tenant_id: victim?.id ?? '', foo: 'shadow', step: trace % 8 }),
          events: [
            {
              timeUnixNano: String(startNanos + 6_000_000n),
              name: 'discount',
              attributes: attributes({ coupon: tenant.secret, percent: whole(8) }),
            },
          ],
        }),
      ]),
      resource('cart', [
        span(2, 0, 'GET /cart', 3, { attributes: http(200) }),
        span(3, 2, 'SELECT', 3, {
          attributes: attributes({ 'db.system': 'postgresql', foo: `db-${tenant.index}` }),
          links: victim
            ? [
                {
                  traceId: traceIdOf(victim, 0),
                  spanId: '00f0000000000001',
                  attributes: attributes({ why: 'retry' }),
                },
              ]
            : [],
        }),
      ]),
      ...(trace % 2 === 0 ? [resource(last, [span(4, 1, 'lookup', 5, { attributes: http(404) })])] : []),
    ];
  };

  return Array.from({ length: TRACES }, (_, trace) => traceOf(trace, trace)).flat();
}

/** How long before the window the trace lies whose id every tenant uses: other searches are not to find it. */
export const SHARED_TRACE_LEAD_MS = 5 * 60_000;

/** The trace whose id every tenant uses, in this tenant's part. In a store of many it is one trace (class 25). */
export function sharedTraceOf(tenant: LabTenant, window: Window): ResourceSpans[] {
  const earlier = { ...window, startMs: window.startMs - SHARED_TRACE_LEAD_MS };
  const [only] = tracesOf(tenant, earlier);
  const text = JSON.stringify(only).replaceAll(traceIdOf(tenant, 0), traceIdOf(tenant, SHARED_TRACE));
  return [JSON.parse(text) as ResourceSpans];
}

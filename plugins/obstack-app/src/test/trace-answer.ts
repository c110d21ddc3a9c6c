/** A trace as Tempo answers it, for tests: give what matters, the rest is plausible. */
import type { TraceAnswer } from '../trace/otlp';

interface Given {
  id: string;
  parent?: string;
  service?: string;
  name?: string;
  /** Milliseconds since the trace began. */
  from?: number;
  to?: number;
  failed?: string;
  attributes?: Record<string, string>;
  links?: Array<{ traceId: string; spanId: string }>;
}

const BEGAN = 1_795_438_800_000_000_000n;
export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

const nanos = (ms: number) => String(BEGAN + BigInt(Math.round(ms * 1e6)));
/** `1` as 16 hex digits. */
export const spanId = (id: string) => id.padStart(16, '0');
const pairs = (attributes: Record<string, string>) =>
  Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));

export function traceAnswer(...spans: Given[]): TraceAnswer {
  return {
    trace: {
      resourceSpans: spans.map((span) => ({
        resource: { attributes: pairs({ 'service.name': span.service ?? 'checkout', tenant_id: 'hidden' }) },
        scopeSpans: [
          {
            scope: { name: 'test' },
            spans: [
              {
                traceId: TRACE_ID,
                spanId: spanId(span.id),
                ...(span.parent && { parentSpanId: spanId(span.parent) }),
                name: span.name ?? `span ${span.id}`,
                kind: 'SPAN_KIND_SERVER',
                startTimeUnixNano: nanos(span.from ?? 0),
                endTimeUnixNano: nanos(span.to ?? 100),
                attributes: pairs(span.attributes ?? {}),
                links: span.links,
                ...(span.failed !== undefined && {
                  status: { code: 'STATUS_CODE_ERROR', message: span.failed },
                  events: [
                    {
                      timeUnixNano: nanos(span.to ?? 100),
                      name: 'exception',
                      attributes: pairs({ 'exception.message': span.failed }),
                    },
                  ],
                }),
              },
            ],
          },
        ],
      })),
    },
  };
}

/** A checkout of three services, in which the payment failed. */
export const CHECKOUT = traceAnswer(
  { id: '1', service: 'frontend', name: 'POST /checkout', from: 0, to: 100 },
  { id: '2', parent: '1', service: 'checkout', name: 'POST /orders', from: 10, to: 90 },
  { id: '3', parent: '2', service: 'checkout', name: 'price order', from: 12, to: 20 },
  {
    id: '4',
    parent: '2',
    service: 'payment',
    name: 'POST /charges',
    from: 30,
    to: 80,
    failed: 'card declined',
    attributes: { 'http.route': '/charges' },
  }
);

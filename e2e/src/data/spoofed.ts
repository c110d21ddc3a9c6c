// Pushes by an attacker who writes the victim's id wherever a push has room for a name and a value.
import { randomBytes } from 'node:crypto';

/** Names that some store on the way makes `tenant_id` of, or that a careless comparison takes for it. */
export const SPELLINGS = [
  ...[
    'tenant_id',
    'tenant.id',
    'tenant-id',
    'tenant id',
    'tenant/id',
    'tenant:id',
    'tenant\tid',
    'tenant\nid',
  ],
  ...[
    'tenant__id',
    'tenant..id',
    'tenant.-_id',
    '_tenant_id',
    '__tenant_id',
    'tenant_id_',
    '__tenant_id__',
    '.tenant.id.',
  ],
  ...[
    'tenant\u00a0id',
    'tenant\u00b7id',
    'tenant\uff3fid',
    'tenant\u200bid',
    'tenant💥id',
    '\ufefftenant_id',
  ],
  ...[
    'Tenant_ID',
    'TENANT.ID',
    'tenantId',
    'tenantid',
    'ｔenant_id',
    'tenant_id\u0301',
    'X-Scope-OrgID',
    '__tenant_id__.x',
  ],
];

type Json = Record<string, unknown>;

export interface Attack {
  /** What finds this push again: a metric name, a log line and a span name. */
  readonly marker: string;
  readonly logs: Json;
  readonly metrics: Json;
  readonly traces: Json;
  readonly traceId: string;
}

/** Values that may become the victim's id in a label: as text, in an array, in a map, as bytes. */
const valuesOf = (victim: string): Json[] => [
  { stringValue: victim },
  { arrayValue: { values: [{ stringValue: victim }] } },
  { kvlistValue: { values: [{ key: 'id', value: { stringValue: victim } }] } },
];

/**
 * OTLP requests with the attribute `name` = victim at every level, given twice at most of them.
 * @param ids how the encoding writes trace and span ids
 */
export function spoofedOtlp(
  name: string,
  victim: string,
  marker: string,
  nowMs: number,
  ids: (hex: string) => unknown,
): Attack {
  const time = String(BigInt(nowMs) * 1_000_000n);
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  const [text = {}, ...others] = valuesOf(victim);
  const named = { key: name, value: text };
  // `{tenant: {id: …}}`, which stores flatten with a separator of their own.
  const nested = {
    key: 'tenant',
    value: { kvlistValue: { values: [{ key: 'id', value: text }] } },
  };
  const attributes = [named, { key: 'harmless', value: { stringValue: marker } }, named, nested];
  const resource = {
    attributes: [
      ...attributes,
      { key: 'service.name', value: { stringValue: 'attacker' } },
      ...others.map((value) => ({ key: name, value })),
    ],
  };
  const scope = { name: 'attack', attributes };
  const exemplars = [
    {
      timeUnixNano: time,
      asDouble: 1,
      filteredAttributes: attributes,
      traceId: ids(traceId),
      spanId: ids(spanId),
    },
  ];
  const point = { timeUnixNano: time, startTimeUnixNano: time, attributes };
  const counted = { ...point, count: '2', sum: 3 };
  const metric = (kind: string, data: Json): Json => ({
    name: `${marker}_${kind}`,
    metadata: attributes,
    [kind]: data,
  });
  return {
    marker,
    traceId,
    logs: {
      resourceLogs: [
        {
          resource,
          scopeLogs: [
            {
              scope,
              logRecords: [
                { timeUnixNano: time, body: { stringValue: marker }, attributes },
                { timeUnixNano: time, body: { kvlistValue: { values: [...attributes] } }, attributes },
              ],
            },
          ],
        },
      ],
    },
    metrics: {
      resourceMetrics: [
        {
          resource,
          scopeMetrics: [
            {
              scope,
              metrics: [
                metric('gauge', { dataPoints: [{ ...point, asDouble: 1, exemplars }] }),
                metric('sum', {
                  aggregationTemporality: 2,
                  isMonotonic: true,
                  dataPoints: [{ ...point, asDouble: 1, exemplars }],
                }),
                metric('histogram', {
                  aggregationTemporality: 2,
                  dataPoints: [{ ...counted, bucketCounts: ['1', '1'], explicitBounds: [1], exemplars }],
                }),
                metric('exponentialHistogram', {
                  aggregationTemporality: 2,
                  dataPoints: [
                    {
                      ...counted,
                      scale: 0,
                      zeroCount: '0',
                      positive: { offset: 0, bucketCounts: ['2'] },
                      exemplars,
                    },
                  ],
                }),
                metric('summary', {
                  dataPoints: [{ ...counted, quantileValues: [{ quantile: 0.5, value: 1 }] }],
                }),
              ],
            },
          ],
        },
      ],
    },
    traces: {
      resourceSpans: [
        {
          resource,
          scopeSpans: [
            {
              scope,
              spans: [
                {
                  traceId: ids(traceId),
                  spanId: ids(spanId),
                  name: marker,
                  kind: 2,
                  startTimeUnixNano: time,
                  endTimeUnixNano: time,
                  attributes,
                  events: [{ timeUnixNano: time, name: 'event', attributes }],
                  links: [{ traceId: ids(traceId), spanId: ids(spanId), attributes }],
                },
              ],
            },
          ],
        },
      ],
    },
  };
}

import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { KeyId, Signal, TenantId } from '../entities.ts';

export const SendTestEvent = z.strictObject({
  signal: Signal,
  secret: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      "The key's whole text, to try the very credential that an agent has; without it, a short-lived stand-in is used.",
    ),
});
export type SendTestEvent = z.infer<typeof SendTestEvent>;

const seconds = z.number().min(0);

export const TestEventResult = z.object({
  accepted: z
    .object({
      ok: z.boolean(),
      status: z.int().nullable().describe('Null when nothing was sent, or nobody answered.'),
      seconds: seconds.nullable(),
      detail: z.string(),
    })
    .describe('What the proxy said to the push.'),
  stored: z
    .object({ ok: z.boolean(), seconds: seconds.nullable() })
    .describe('Whether a query through the proxy found it, and how long after the push began.'),
  link: z
    .url()
    .nullable()
    .describe('Where to see it: in Grafana, or the query that finds it. Null when it was not accepted.'),
  why: z.string().nullable().describe('In case of failure: what is wrong, and what to do about it.'),
});
export type TestEventResult = z.infer<typeof TestEventResult>;

export const sendTestEvent = defineEndpoint({
  id: 'sendTestEvent',
  method: 'POST',
  path: '/api/v1/tenants/{tenantId}/keys/{keyId}/test-event',
  summary: 'Push one marked record as an agent would, and see whether it can be queried',
  tag: 'Ingestion keys',
  caller: 'actor',
  permission: 'keys:write',
  params: z.strictObject({ tenantId: TenantId, keyId: KeyId }),
  request: SendTestEvent,
  response: TestEventResult,
  status: 200,
  problems: ['not-found'],
});

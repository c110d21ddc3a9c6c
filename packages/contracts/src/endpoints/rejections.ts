import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { KeyId, Rejection, Signal, TenantId } from '../entities.ts';
import { PageQuery, pageOf } from '../pagination.ts';

export const ListRejections = PageQuery.extend({
  keyId: KeyId.optional(),
  signal: Signal.optional(),
  from: z.iso.datetime({ offset: true }).optional().describe('What was refused at this time or later.'),
});
export type ListRejections = z.infer<typeof ListRejections>;

export const listRejections = defineEndpoint({
  id: 'listRejections',
  method: 'GET',
  path: '/api/v1/tenants/{tenantId}/rejections',
  summary: 'What was refused to the tenant’s keys in the last 30 days, newest first',
  tag: 'Ingestion keys',
  caller: 'actor',
  permission: 'keys:read',
  params: z.strictObject({ tenantId: TenantId }),
  query: ListRejections,
  response: pageOf(Rejection),
  status: 200,
  problems: [],
});

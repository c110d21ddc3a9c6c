import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { AuditEvent, AuditOutcome, TenantId } from '../entities.ts';
import { PageQuery, pageOf } from '../pagination.ts';

const word = z.string().min(1).max(255);
const moment = z.iso.datetime({ offset: true });

/** Each given one narrows the log further. */
export const AuditFilter = z.strictObject({
  action: word.optional().describe('The `operationId` of an endpoint, as `createTenant`.'),
  actor: word.optional().describe('The id or the e-mail address of who did it.'),
  outcome: AuditOutcome.optional(),
  target: word.optional().describe('The id of what it was done to.'),
  from: moment.optional().describe('At this time or later.'),
  to: moment.optional().describe('Before this time.'),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

const reads = {
  method: 'GET',
  tag: 'Audit',
  caller: 'actor',
  permission: 'audit:read',
  status: 200,
  problems: [],
} as const;
const tenantParams = z.strictObject({ tenantId: TenantId });

export const listAuditEvents = defineEndpoint({
  ...reads,
  id: 'listAuditEvents',
  path: '/api/v1/tenants/{tenantId}/audit-events',
  summary: 'List what was done, or tried, in a tenant, newest first; also when the tenant is gone',
  params: tenantParams,
  query: AuditFilter.extend(PageQuery.shape),
  response: pageOf(AuditEvent),
});

export const exportAuditEvents = defineEndpoint({
  ...reads,
  id: 'exportAuditEvents',
  path: '/api/v1/tenants/{tenantId}/audit-events/export',
  summary: 'The whole log as NDJSON, newest first; the export itself is an event of it',
  feature: 'audit-export',
  params: tenantParams,
  query: AuditFilter,
  response: AuditEvent,
  lines: true,
});

export const listAllAuditEvents = defineEndpoint({
  ...reads,
  id: 'listAllAuditEvents',
  path: '/api/v1/audit-events',
  summary: 'List what was done, or tried, in all tenants and on the platform itself, newest first',
  query: AuditFilter.extend({ ...PageQuery.shape, tenantId: TenantId.optional() }),
  response: pageOf(AuditEvent),
});

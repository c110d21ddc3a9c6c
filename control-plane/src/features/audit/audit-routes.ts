import { exportAuditEvents, listAllAuditEvents, listAuditEvents } from '@obstack/contracts';
import type { EndpointRouter } from '@obstack/service-kit/endpoint';
import type { Context } from '../../call/context.ts';
import type { AuditService } from './audit-service.ts';

export function mountAudit(api: EndpointRouter<'actor', Context>, service: AuditService): void {
  api.mount(listAuditEvents, (ctx, { params: { tenantId }, query: { limit, cursor, ...filter } }) =>
    service.list({ ...ctx, tenantId }, filter, { limit, cursor }),
  );
  api.mount(exportAuditEvents, (ctx, { params: { tenantId }, query }) =>
    service.export({ ...ctx, tenantId }, query),
  );
  api.mount(listAllAuditEvents, (ctx, { query: { limit, cursor, ...filter } }) =>
    service.listAll(ctx, filter, { limit, cursor }),
  );
}

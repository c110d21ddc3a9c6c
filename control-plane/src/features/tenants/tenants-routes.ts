import { createTenant, getTenant, listTenants } from '@obstack/contracts';
import type { EndpointRouter } from '@obstack/service-kit/endpoint';
import type { Context } from '../../call/context.ts';
import type { TenantsService } from './tenants-service.ts';

export function mountTenants(api: EndpointRouter<'actor', Context>, service: TenantsService): void {
  api.mount(createTenant, (ctx, { body }) => service.create(ctx, body));
  api.mount(listTenants, (ctx, { query }) => service.list(ctx, query));
  api.mount(getTenant, (ctx, { params: { tenantId } }) => service.get({ ...ctx, tenantId }));
}

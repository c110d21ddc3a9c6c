import {
  createTenant,
  deleteTenant,
  getProvisioning,
  getTenant,
  listTenants,
  resumeTenant,
  retryProvisioning,
  suspendTenant,
  updateTenant,
} from '@obstack/contracts';
import type { EndpointRouter } from '@obstack/service-kit/endpoint';
import type { Context } from '../../call/context.ts';
import type { TenantsService } from './tenants-service.ts';

export function mountTenants(api: EndpointRouter<'actor', Context>, service: TenantsService): void {
  const within = (ctx: Context, { tenantId }: { tenantId: string }) => ({ ...ctx, tenantId });
  api.mount(createTenant, (ctx, { body }) => service.create(ctx, body));
  api.mount(listTenants, (ctx, { query }) => service.list(ctx, query));
  api.mount(getTenant, (ctx, { params }) => service.get(within(ctx, params)));
  api.mount(updateTenant, (ctx, { params, body }) => service.update(within(ctx, params), body));
  api.mount(suspendTenant, (ctx, { params, body }) => service.suspend(within(ctx, params), body));
  api.mount(resumeTenant, (ctx, { params }) => service.resume(within(ctx, params)));
  api.mount(deleteTenant, (ctx, { params, query }) => service.remove(within(ctx, params), query.confirm));
  api.mount(getProvisioning, (ctx, { params }) => service.provisioning(within(ctx, params)));
  api.mount(retryProvisioning, (ctx, { params }) => service.retryProvisioning(within(ctx, params)));
}

import { createRole, deleteRole, getRole, listRoles, updateRole } from '@obstack/contracts';
import type { EndpointRouter } from '@obstack/service-kit/endpoint';
import type { Context } from '../../call/context.ts';
import type { RolesService } from './roles-service.ts';

export function mountRoles(api: EndpointRouter<'actor', Context>, service: RolesService): void {
  const within = (ctx: Context, { tenantId }: { tenantId: string }) => ({ ...ctx, tenantId });
  api.mount(createRole, (ctx, { params, body }) => service.create(within(ctx, params), body));
  api.mount(listRoles, (ctx, { params }) => service.list(within(ctx, params)));
  api.mount(getRole, (ctx, { params }) => service.get(within(ctx, params), params.roleName));
  api.mount(updateRole, (ctx, { params, body }) =>
    service.update(within(ctx, params), params.roleName, body),
  );
  api.mount(deleteRole, (ctx, { params }) => service.remove(within(ctx, params), params.roleName));
}

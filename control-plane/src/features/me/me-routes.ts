import { whoAmI } from '@obstack/contracts';
import type { EndpointRouter } from '@obstack/service-kit/endpoint';
import type { Context } from '../../call/context.ts';
import type { TenantStore } from '../tenants/tenants-store.ts';
import { whoAsks } from './me-service.ts';

export function mountMe(api: EndpointRouter<'actor', Context>, tenants: TenantStore): void {
  api.mount(whoAmI, (ctx) => whoAsks(ctx, tenants));
}

import type { ingestionKeys, queryTokens } from '@obstack/contracts';
import type { EndpointRouter } from '@obstack/service-kit/endpoint';
import type { Context } from '../../call/context.ts';
import type { KeysService } from './keys-service.ts';

/** Mounts one of the two addresses under which credentials are managed; their endpoints have the same shape. */
export function mountKeys(
  api: EndpointRouter<'actor', Context>,
  endpoints: typeof ingestionKeys | typeof queryTokens,
  service: KeysService,
): void {
  const within = (ctx: Context, { tenantId }: { tenantId: string }) => ({ ...ctx, tenantId });
  api.mount(endpoints.create, (ctx, { params, body }) => service.create(within(ctx, params), body));
  api.mount(endpoints.list, (ctx, { params, query }) => service.list(within(ctx, params), query));
  api.mount(endpoints.get, (ctx, { params }) => service.get(within(ctx, params), params.keyId));
  api.mount(endpoints.update, (ctx, { params, body }) =>
    service.update(within(ctx, params), params.keyId, body),
  );
  api.mount(endpoints.revoke, (ctx, { params }) => service.revoke(within(ctx, params), params.keyId));
  api.mount(endpoints.rotate, (ctx, { params, body }) =>
    service.rotate(within(ctx, params), params.keyId, body),
  );
}

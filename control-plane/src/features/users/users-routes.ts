import {
  createSetPasswordToken,
  createUser,
  deleteUser,
  endUserSession,
  endUserSessions,
  getUser,
  listUsers,
  listUserSessions,
  updateUser,
} from '@obstack/contracts';
import type { EndpointRouter } from '@obstack/service-kit/endpoint';
import type { Context } from '../../call/context.ts';
import type { UsersService } from './users-service.ts';

export function mountUsers(api: EndpointRouter<'actor', Context>, service: UsersService): void {
  const within = (ctx: Context, { tenantId }: { tenantId: string }) => ({ ...ctx, tenantId });
  api.mount(createUser, (ctx, { params, body }) => service.create(within(ctx, params), body));
  api.mount(listUsers, (ctx, { params, query }) => service.list(within(ctx, params), query));
  api.mount(getUser, (ctx, { params }) => service.get(within(ctx, params), params.userId));
  api.mount(updateUser, (ctx, { params, body }) => service.update(within(ctx, params), params.userId, body));
  api.mount(deleteUser, (ctx, { params }) => service.remove(within(ctx, params), params.userId));
  api.mount(createSetPasswordToken, (ctx, { params }) =>
    service.createSetPasswordToken(within(ctx, params), params.userId),
  );
  api.mount(listUserSessions, (ctx, { params, query }) =>
    service.listSessions(within(ctx, params), params.userId, query),
  );
  api.mount(endUserSession, (ctx, { params }) =>
    service.endSession(within(ctx, params), params.userId, params.sessionId),
  );
  api.mount(endUserSessions, (ctx, { params }) => service.endSessions(within(ctx, params), params.userId));
}

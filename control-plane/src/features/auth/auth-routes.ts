import {
  changePassword,
  endMySession,
  getJwks,
  getMe,
  listMySessions,
  login,
  logout,
  refresh,
  register,
  setPassword,
} from '@obstack/contracts';
import type { Call, EndpointRouter } from '@obstack/service-kit/endpoint';
import { type Context, ofAccount } from '../../call/context.ts';
import type { SigningKeys } from '../../identity/signing-keys.ts';
import type { SessionsService } from '../sessions/sessions-service.ts';
import type { AccountService } from './account-service.ts';
import type { AuthService } from './auth-service.ts';
import type { Register } from './register-service.ts';

export function mountAuth(
  publicApi: EndpointRouter<'anyone', Call>,
  services: { auth: AuthService; register: Register; keys: SigningKeys },
): void {
  const { auth } = services;
  publicApi.mount(register, (call, { body }) => services.register(call, body));
  publicApi.mount(login, (call, { body }) => auth.login(call, body));
  publicApi.mount(refresh, (call) => auth.refresh(call));
  publicApi.mount(logout, (call) => auth.logout(call));
  publicApi.mount(setPassword, (call, { body }) => auth.setPassword(call, body));
  publicApi.mount(getJwks, () => services.keys.jwks());
}

export function mountAccount(
  api: EndpointRouter<'actor', Context>,
  account: AccountService,
  sessions: SessionsService,
): void {
  api.mount(
    getMe,
    ofAccount((ctx) => account.me(ctx)),
  );
  api.mount(
    changePassword,
    ofAccount((ctx, { body }) => account.changePassword(ctx, body)),
  );
  api.mount(
    listMySessions,
    ofAccount((ctx, { query }) => sessions.list(ctx, query)),
  );
  api.mount(
    endMySession,
    ofAccount((ctx, { params }) => sessions.end(ctx, params.sessionId)),
  );
}

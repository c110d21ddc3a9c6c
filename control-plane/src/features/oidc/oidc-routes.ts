import { oidcCallback, oidcLogin, repairIdentity } from '@obstack/contracts';
import type { Call, EndpointRouter } from '@obstack/service-kit/endpoint';
import { NotFoundError } from '@obstack/service-kit/problem';
import type { Context } from '../../call/context.ts';
import type { KeycloakStore } from '../../identity/keycloak/keycloak-store.ts';
import type { Realms } from '../../identity/keycloak/realms.ts';
import type { OidcService } from './oidc-service.ts';
import { repair } from './repair-service.ts';

/** @param deps without a service and realms where people sign in with passwords of ours alone */
export function mountOidc(
  routers: { publicApi: EndpointRouter<'anyone', Call>; api: EndpointRouter<'actor', Context> },
  deps: { store: KeycloakStore; service: OidcService | null; realms: Realms | null },
): void {
  const service = (): OidcService => {
    if (deps.service) return deps.service;
    throw new NotFoundError('Nobody signs in through Keycloak here; use POST /api/v1/auth/login.');
  };
  routers.publicApi.mount(oidcLogin, (call, { query }) => service().login(call, query));
  routers.publicApi.mount(oidcCallback, (call, { query }) => service().callback(call, query));
  routers.api.mount(repairIdentity, (ctx, { params: { tenantId } }) => repair({ ...ctx, tenantId }, deps));
}

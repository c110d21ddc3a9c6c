/** How a realm of ours looks. What is not named here is Keycloak's default, and anybody's to change. */
import { BUILT_IN_ROLES, type BuiltInRole, OIDC_CALLBACK_PATH } from '@obstack/contracts';
import type { ClientRepresentation, RealmRepresentation } from './admin.ts';

/** The client of our own sign-in, and the audience of every token that is meant for us. */
export const CLIENT_ID = 'obstack';
export const AUDIENCE = 'obstack';
const GRAFANA_CLIENT_ID = 'grafana';

export interface Surroundings {
  /** Of control-plane, as browsers have it. */
  publicUrl: string;
  grafanaUrl: string | undefined;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

export function desiredRealm(displayName: string, isShared: boolean): RealmRepresentation {
  return {
    displayName,
    enabled: true,
    sslRequired: 'external',
    // People come from us, or from an identity provider that somebody connects: never by themselves.
    registrationAllowed: false,
    loginWithEmailAllowed: true,
    duplicateEmailsAllowed: false,
    registrationEmailAsUsername: true,
    bruteForceProtected: true,
    permanentLockout: false,
    failureFactor: 10,
    organizationsEnabled: isShared,
    // What a token says of its bearer is at most this old; what we know of them acts at once.
    accessTokenLifespan: 5 * MINUTE,
    ssoSessionIdleTimeout: 30 * MINUTE,
    ssoSessionMaxLifespan: 10 * HOUR,
    accessCodeLifespan: MINUTE,
    revokeRefreshToken: true,
    refreshTokenMaxReuse: 0,
    // As for passwords of our own (conventions): length, and no rules that make people write it down.
    passwordPolicy: 'length(12) and maxLength(256) and notEmail(undefined)',
  };
}

export const ROLES: Record<BuiltInRole, string> = {
  viewer: 'Reads all signals',
  editor: 'Reads, and acts on alerts',
  admin: 'Manages people and keys of the tenant',
};
export const isRole = (name: string): name is BuiltInRole => Object.hasOwn(BUILT_IN_ROLES, name);

/** Beyond these a client has no scopes of ours; `organization` says for which tenant somebody signs in. */
export function scopesOf(isShared: boolean): string[] {
  return ['basic', 'email', 'profile', 'roles', ...(isShared ? ['organization'] : [])];
}

export function desiredClients({ publicUrl, grafanaUrl }: Surroundings): ClientRepresentation[] {
  const ours = { ...client(CLIENT_ID, [publicUrl + OIDC_CALLBACK_PATH]), publicClient: true };
  ours.protocolMappers = [
    {
      name: 'audience',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-audience-mapper',
      config: {
        'included.custom.audience': AUDIENCE,
        'access.token.claim': 'true',
        'id.token.claim': 'false',
      },
    },
  ];
  if (grafanaUrl === undefined) return [ours];
  // Keycloak makes its secret; `roles` is where Grafana's role_attribute_path finds the role.
  const grafana = {
    ...client(GRAFANA_CLIENT_ID, [`${grafanaUrl}/login/generic_oauth`]),
    publicClient: false,
  };
  grafana.protocolMappers = [
    {
      name: 'roles',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-usermodel-realm-role-mapper',
      config: {
        'claim.name': 'roles',
        'jsonType.label': 'String',
        multivalued: 'true',
        'id.token.claim': 'true',
        'access.token.claim': 'false',
        'userinfo.token.claim': 'true',
      },
    },
  ];
  return [ours, grafana];
}

/** Authorization code with PKCE (RFC 7636) and nothing else, back to exactly these addresses. */
function client(clientId: string, redirectUris: string[]): ClientRepresentation {
  return {
    clientId,
    protocol: 'openid-connect',
    enabled: true,
    standardFlowEnabled: true,
    implicitFlowEnabled: false,
    directAccessGrantsEnabled: false,
    serviceAccountsEnabled: false,
    consentRequired: false,
    redirectUris,
    webOrigins: [],
    attributes: { 'pkce.code.challenge.method': 'S256', 'post.logout.redirect.uris': '' },
  };
}

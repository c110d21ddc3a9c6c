/** Signing in with a browser through Keycloak: authorization code with PKCE. Open them in a browser, do not fetch them. */
import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { DisplayName, TenantId } from '../entities.ts';
import { AUTH_PATH } from './auth.ts';

const tag = 'Authentication';

/** Where Keycloak sends people back to; below it the sign-in's own cookie lives. */
export const OIDC_PATH = `${AUTH_PATH}/oidc`;
export const OIDC_CALLBACK_PATH = `${OIDC_PATH}/callback`;

/** A path of our own: with two slashes, or one and a backslash, browsers read another host. */
const ReturnTo = z
  .string()
  .max(1024)
  .regex(/^\/(?![/\\])[^\\\p{Cc}]*$/u, 'must be a path on this server')
  .default('/');

export const oidcLogin = defineEndpoint({
  id: 'oidcLogin',
  method: 'GET',
  path: `${OIDC_PATH}/login`,
  summary: 'Sign in through Keycloak: redirects to its sign-in page, and from there to `returnTo`',
  tag,
  caller: 'anyone',
  query: z.strictObject({
    tenant: DisplayName.describe("The tenant's id or name."),
    returnTo: ReturnTo,
  }),
  status: 302,
  problems: ['not-found', 'forbidden'],
});

export const oidcCallback = defineEndpoint({
  id: 'oidcCallback',
  method: 'GET',
  path: OIDC_CALLBACK_PATH,
  summary: 'Where Keycloak sends people back to; opens a session and sets its cookies',
  tag,
  caller: 'anyone',
  // Whatever Keycloak adds (`session_state`) is no reason to refuse.
  query: z.object({
    state: z.string().min(1).max(512).optional(),
    code: z.string().min(1).max(4096).optional(),
    iss: z.string().max(512).optional(),
    error: z.string().max(256).optional(),
  }),
  status: 302,
  problems: ['unauthenticated', 'forbidden', 'not-found'],
});

export const repairIdentity = defineEndpoint({
  id: 'repairIdentity',
  method: 'POST',
  path: '/api/v1/tenants/{tenantId}/identity/repair',
  summary: 'Look for what differs from how the tenant’s realm should be in Keycloak, and mend it',
  tag: 'Tenants',
  caller: 'actor',
  permission: 'tenants:write',
  feature: 'sso',
  params: z.strictObject({ tenantId: TenantId }),
  response: z.object({
    mended: z
      .array(z.string())
      .describe('In words, what was missing or different: `client obstack: redirectUris`.'),
  }),
  status: 200,
  problems: ['not-found', 'conflict', 'bad-gateway'],
});

/** Signing in and out. The seed's endpoints keep the seed's names and status codes. */
import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { DisplayName, Email, NewPassword, Session, Tenant, User } from '../entities.ts';
import { PageQuery, pageOf } from '../pagination.ts';
import { Permission } from '../permissions.ts';

const tag = 'Authentication';
const anyone = { tag, caller: 'anyone' } as const;
const account = { tag, caller: 'actor', permission: 'account' } as const;

/** Holds the access token. Secure, HttpOnly, SameSite=Lax, as the other one. */
export const SESSION_COOKIE = 'obstack_session';
/** Holds the refresh token, and is sent to {@link AUTH_PATH} only. */
export const REFRESH_COOKIE = 'obstack_refresh';
export const AUTH_PATH = '/api/v1/auth';

/** Whatever was once a password: nothing is said about it but right or wrong. */
const Password = z.string().min(1).max(1024);

export const UserRegistration = z.strictObject({
  email: Email,
  password: NewPassword,
  tenant_name: DisplayName,
});
export type UserRegistration = z.infer<typeof UserRegistration>;

export const UserLogin = z.strictObject({ email: Email, password: Password });
export type UserLogin = z.infer<typeof UserLogin>;

export const AuthToken = z.object({
  access_token: z.string().describe('A JWT, for `Authorization: Bearer`.'),
  token_type: z.literal('bearer').describe('How to send it.'),
  expires_in: z.int().positive().describe('Seconds.'),
});
export type AuthToken = z.infer<typeof AuthToken>;

export const register = defineEndpoint({
  ...anyone,
  id: 'register',
  method: 'POST',
  path: `${AUTH_PATH}/register`,
  summary:
    'Create a tenant and its first admin; where the configuration lets anyone do so (REGISTRATION=open)',
  request: UserRegistration,
  response: z.object({ user: User, tenant: Tenant }),
  status: 201,
  problems: ['forbidden', 'rate-limited'],
});

export const login = defineEndpoint({
  ...anyone,
  id: 'login',
  method: 'POST',
  path: `${AUTH_PATH}/login`,
  summary: 'Sign in with e-mail address and password; the answer also sets cookies',
  request: UserLogin,
  response: AuthToken,
  status: 200,
  problems: ['unauthenticated', 'forbidden', 'rate-limited'],
});

export const refresh = defineEndpoint({
  ...anyone,
  id: 'refresh',
  method: 'POST',
  path: `${AUTH_PATH}/refresh`,
  summary: 'Exchange the refresh cookie, which works once, for new tokens',
  response: AuthToken,
  status: 200,
  problems: ['unauthenticated', 'forbidden'],
});

export const logout = defineEndpoint({
  ...anyone,
  id: 'logout',
  method: 'POST',
  path: `${AUTH_PATH}/logout`,
  summary: 'End the session and clear its cookies; no session is fine too',
  status: 204,
  problems: ['forbidden'],
});

export const SetPassword = z.strictObject({
  token: z.string().min(1).max(128).describe('Works once.'),
  password: NewPassword,
});
export type SetPassword = z.infer<typeof SetPassword>;

export const setPassword = defineEndpoint({
  ...anyone,
  id: 'setPassword',
  method: 'POST',
  path: `${AUTH_PATH}/set-password`,
  summary: 'Set a password with a one-time token; ends all sessions of that user',
  request: SetPassword,
  status: 204,
  problems: ['unauthenticated', 'forbidden', 'rate-limited'],
});

export const ChangePassword = z.strictObject({
  currentPassword: Password.describe('The one in use.'),
  newPassword: NewPassword,
});
export type ChangePassword = z.infer<typeof ChangePassword>;

export const changePassword = defineEndpoint({
  ...account,
  id: 'changePassword',
  method: 'POST',
  path: `${AUTH_PATH}/password`,
  summary: 'Change one’s own password; ends one’s other sessions',
  request: ChangePassword,
  status: 204,
  problems: ['rate-limited'],
});

export const Me = z.object({
  type: z.enum(['operator', 'user']).describe('An operator runs the platform; a user belongs to a tenant.'),
  id: z.uuid(),
  email: z.string(),
  tenant: Tenant.nullable().describe('Null for operators, who belong to none.'),
  roles: z.array(z.string()).describe('None for operators, who may do everything.'),
  permissions: z.array(Permission).describe('What these roles come to.'),
  sessionId: z
    .uuid()
    .nullable()
    .describe("Null when this call came with a token of another issuer or an operator's API token."),
});
export type Me = z.infer<typeof Me>;

export const getMe = defineEndpoint({
  ...account,
  id: 'getMe',
  method: 'GET',
  path: `${AUTH_PATH}/me`,
  summary: 'One’s own account, and what it may do',
  response: Me,
  status: 200,
  problems: [],
});

export const listMySessions = defineEndpoint({
  ...account,
  id: 'listMySessions',
  method: 'GET',
  path: `${AUTH_PATH}/sessions`,
  summary: 'List one’s own sessions that are in force',
  query: PageQuery,
  response: pageOf(Session),
  status: 200,
  problems: [],
});

export const endMySession = defineEndpoint({
  ...account,
  id: 'endMySession',
  method: 'DELETE',
  path: `${AUTH_PATH}/sessions/{sessionId}`,
  summary: 'End one of one’s own sessions, at once',
  params: z.strictObject({ sessionId: z.uuid() }),
  status: 204,
  problems: ['not-found'],
});

export const getJwks = defineEndpoint({
  ...anyone,
  id: 'getJwks',
  method: 'GET',
  path: `${AUTH_PATH}/jwks`,
  summary: 'The public keys that sign our access tokens (RFC 7517)',
  response: z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }),
  status: 200,
  problems: [],
});

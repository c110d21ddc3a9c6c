import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { Email, NewPassword, RoleName, Session, TenantId, Timestamp, User } from '../entities.ts';
import { PageQuery, pageOf } from '../pagination.ts';

const path = '/api/v1/tenants/{tenantId}/users';
const reads = { tag: 'Users', caller: 'actor', permission: 'users:read' } as const;
const writes = { tag: 'Users', caller: 'actor', permission: 'users:write' } as const;
const tenantParams = z.strictObject({ tenantId: TenantId });
const userParams = z.strictObject({ tenantId: TenantId, userId: z.uuid() });

const roles = z.array(RoleName).min(1).max(20).describe('By their names.');

export const CreateUser = z.strictObject({
  email: Email,
  roles: roles
    .default(['viewer'])
    .describe('Whoever creates a user must hold every permission of these roles.'),
  password: NewPassword.optional().describe(
    'Without one, the answer holds a token with which the user sets it.',
  ),
});
export type CreateUser = z.infer<typeof CreateUser>;

/** What is left out stays as it is. */
export const UpdateUser = z.strictObject({
  roles: roles.optional().describe('In place of all that they had.'),
  isActive: z.boolean().optional().describe('False ends their sessions and lets them start no other.'),
});
export type UpdateUser = z.infer<typeof UpdateUser>;

/** For `POST /auth/set-password`, once. Shown once; whoever asked for it hands it on. */
export const SetPasswordToken = z.object({
  token: z.string().describe('Hand it to the user, who sets a password with it.'),
  expiresAt: Timestamp,
});
export type SetPasswordToken = z.infer<typeof SetPasswordToken>;

export const createUser = defineEndpoint({
  ...writes,
  id: 'createUser',
  method: 'POST',
  path,
  summary: 'Create a user, with a password or with a one-time token to set one',
  params: tenantParams,
  request: CreateUser,
  response: z.object({ user: User, setPassword: SetPasswordToken.nullable() }),
  status: 201,
  problems: ['not-found', 'conflict'],
});

export const listUsers = defineEndpoint({
  ...reads,
  id: 'listUsers',
  method: 'GET',
  path,
  summary: 'List the tenant’s users, oldest first',
  params: tenantParams,
  query: PageQuery,
  response: pageOf(User),
  status: 200,
  problems: ['not-found'],
});

export const getUser = defineEndpoint({
  ...reads,
  id: 'getUser',
  method: 'GET',
  path: `${path}/{userId}`,
  summary: 'Get one user',
  params: userParams,
  response: User,
  status: 200,
  etag: true,
  problems: ['not-found'],
});

export const updateUser = defineEndpoint({
  ...writes,
  id: 'updateUser',
  method: 'PATCH',
  path: `${path}/{userId}`,
  summary: 'Change a user’s roles, deactivate or reactivate them; acts within a second',
  params: userParams,
  request: UpdateUser,
  response: User,
  status: 200,
  etag: true,
  problems: ['not-found', 'conflict'],
});

export const deleteUser = defineEndpoint({
  ...writes,
  id: 'deleteUser',
  method: 'DELETE',
  path: `${path}/{userId}`,
  summary: 'Remove a user and all their sessions',
  params: userParams,
  status: 204,
  problems: ['not-found', 'conflict'],
});

export const createSetPasswordToken = defineEndpoint({
  ...writes,
  id: 'createSetPasswordToken',
  method: 'POST',
  path: `${path}/{userId}/set-password-token`,
  summary: 'Make a one-time token with which the user sets a new password; earlier ones stop working',
  params: userParams,
  response: SetPasswordToken,
  status: 201,
  problems: ['not-found'],
});

export const listUserSessions = defineEndpoint({
  ...reads,
  id: 'listUserSessions',
  method: 'GET',
  path: `${path}/{userId}/sessions`,
  summary: 'List a user’s sessions that are in force',
  params: userParams,
  query: PageQuery,
  response: pageOf(Session),
  status: 200,
  problems: ['not-found'],
});

export const endUserSession = defineEndpoint({
  ...writes,
  id: 'endUserSession',
  method: 'DELETE',
  path: `${path}/{userId}/sessions/{sessionId}`,
  summary: 'End one of a user’s sessions, at once',
  params: z.strictObject({ tenantId: TenantId, userId: z.uuid(), sessionId: z.uuid() }),
  status: 204,
  problems: ['not-found'],
});

export const endUserSessions = defineEndpoint({
  ...writes,
  id: 'endUserSessions',
  method: 'DELETE',
  path: `${path}/{userId}/sessions`,
  summary: 'End all of a user’s sessions, at once',
  params: userParams,
  status: 204,
  problems: ['not-found'],
});

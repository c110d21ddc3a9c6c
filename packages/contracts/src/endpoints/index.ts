import type { Endpoint } from '../endpoint.ts';
import { exportAuditEvents, listAllAuditEvents, listAuditEvents } from './audit.ts';
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
} from './auth.ts';
import { getHealth } from './health.ts';
import { ingestionKeys, queryTokens } from './keys.ts';
import { whoAmI } from './me.ts';
import { oidcCallback, oidcLogin, repairIdentity } from './oidc.ts';
import { listRejections } from './rejections.ts';
import { createRole, deleteRole, getRole, listRoles, updateRole } from './roles.ts';
import {
  createTenant,
  deleteTenant,
  getProvisioning,
  getTenant,
  listTenants,
  resumeTenant,
  retryProvisioning,
  suspendTenant,
  updateTenant,
} from './tenants.ts';
import { sendTestEvent } from './test-event.ts';
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
} from './users.ts';

export * from './audit.ts';
export * from './auth.ts';
export * from './health.ts';
export * from './keys.ts';
export * from './me.ts';
export * from './oidc.ts';
export * from './rejections.ts';
export * from './roles.ts';
export * from './tenants.ts';
export * from './test-event.ts';
export * from './users.ts';

const endpoints = [
  getHealth,
  whoAmI,
  register,
  login,
  refresh,
  logout,
  setPassword,
  changePassword,
  getMe,
  listMySessions,
  endMySession,
  getJwks,
  oidcLogin,
  oidcCallback,
  createTenant,
  listTenants,
  getTenant,
  updateTenant,
  suspendTenant,
  resumeTenant,
  deleteTenant,
  getProvisioning,
  retryProvisioning,
  repairIdentity,
  ...Object.values(ingestionKeys),
  sendTestEvent,
  ...Object.values(queryTokens),
  listRejections,
  listAuditEvents,
  exportAuditEvents,
  listAllAuditEvents,
  createUser,
  listUsers,
  getUser,
  updateUser,
  deleteUser,
  createSetPasswordToken,
  listUserSessions,
  endUserSession,
  endUserSessions,
  createRole,
  listRoles,
  getRole,
  updateRole,
  deleteRole,
] as const satisfies readonly Endpoint[];

/** The whole public API of control-plane. */
export const publicEndpoints: readonly Endpoint[] = endpoints;

/** Each with its own types, as the client needs them. */
export type PublicEndpoint = (typeof endpoints)[number];

/** One good example of each noun that readers meet most, for the samples beside every operation. */
import type * as api from '@obstack/contracts';

const at = '2026-01-31T12:00:00.000Z';
const tenantId = '3f0c4c9e-5b0e-4d5c-9f64-0e1d5a1c2b7a';
const userId = '6a1e0f52-8f0b-4c8e-9b9e-3c5d2a7f4e10';
const requestId = '0b4c7d4e-3a0e-4b53-9d0a-5d1f6f6c2a11';

const createTenant: api.CreateTenant = {
  name: 'checkout',
  plan: 'saas',
  features: {},
  limits: {},
  namespaces: [{ cluster: 'eu-1', namespace: 'checkout' }],
};
const tenant: api.Tenant = {
  ...createTenant,
  id: tenantId,
  state: 'ready',
  isActive: true,
  createdAt: at,
  updatedAt: at,
};
const provisioning: api.Provisioning = { state: 'ready', steps: [] };

const createKey: api.CreateKey = {
  name: 'agent of eu-1',
  signals: ['logs', 'traces'],
  expiresAt: null,
  limits: {},
};
const key: api.Key = {
  ...createKey,
  id: 'AbCdEf012345',
  tenantId,
  kind: 'ingestion-key',
  status: 'active',
  createdBy: `user:${userId}`,
  createdAt: at,
  revokedAt: null,
  rotatedTo: null,
  lastUsedAt: null,
};
const issuedKey: api.IssuedKey = { key, secret: 'obk_AbCdEf012345_…' };

const createUser: api.CreateUser = { email: 'ada@example.com', roles: ['editor'] };
const user: api.User = {
  ...createUser,
  id: userId,
  tenantId,
  isActive: true,
  hasPassword: true,
  keycloakUserId: null,
  createdAt: at,
  updatedAt: at,
};
const createRole: api.CreateRole = {
  name: 'on-call',
  description: 'Reads everything, acknowledges alerts',
  permissions: ['logs:read', 'metrics:read', 'traces:read', 'alerts:read', 'alerts:write'],
};
const role: api.Role = { ...createRole, builtIn: false, createdAt: at, updatedAt: at };
const session: api.Session = {
  id: '90b21f0e-1b6c-4a52-8d0c-6f6a3b1c9d44',
  method: 'password',
  ip: '192.0.2.7',
  userAgent: 'Mozilla/5.0',
  createdAt: at,
  lastUsedAt: at,
  expiresAt: '2026-02-07T12:00:00.000Z',
  current: true,
};

const auditEvent: api.AuditEvent = {
  id: 'c2f1a6d0-7c1e-4f0e-8d57-1f0a2b3c4d5e',
  time: at,
  tenantId,
  actor: { type: 'user', id: userId, name: 'ada@example.com', ip: '192.0.2.7', userAgent: 'Mozilla/5.0' },
  action: 'updateUser',
  target: { type: 'user', id: '0d9d6c1b-52b4-4b0a-9f0e-7a8b9c0d1e2f' },
  outcome: 'success',
  reason: null,
  requestId,
  diff: { roles: { from: ['viewer'], to: ['viewer', 'editor'] } },
};

export const EXAMPLES: Readonly<Record<string, unknown>> = {
  AuditEvent: auditEvent,
  CreateKey: createKey,
  CreateRole: createRole,
  CreateTenant: createTenant,
  CreateUser: createUser,
  IssuedKey: issuedKey,
  Key: key,
  Provisioning: provisioning,
  Role: role,
  Session: session,
  Tenant: tenant,
  User: user,
};

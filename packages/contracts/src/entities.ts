/** The nouns of the domain as the API shows them. A row of the database is never one of these. */
import { z } from 'zod';
import { KEY_ID_LENGTH } from './credential-format.ts';
import { Permission } from './permissions.ts';
import { FeatureOverrides, LimitOverrides, Plan } from './plans.ts';

export const Timestamp = z.iso
  .datetime()
  .meta({ description: 'ISO 8601, UTC, milliseconds.', examples: ['2026-01-31T12:00:00.000Z'] });

/** The last day that a timestamp can name: ISO 8601 has four digits for the year. */
export const MAX_TIMESTAMP_MS = Date.UTC(9999, 11, 31);

/** One line of text for people: no control characters (PostgreSQL refuses NUL), no lone surrogates. */
export const DisplayName = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line without control characters')
  .meta({ description: 'One line, without control characters.', examples: ['checkout'] });

/**
 * Immutable. Also the value of the label and attribute `tenant_id` and of `X-Scope-OrgID`, where case
 * matters: hence lower case only.
 */
export const TenantId = z
  .uuid()
  .regex(/^[^A-F]*$/, 'must be in lower case')
  .meta({
    description: 'Of a tenant, in lower case. It never changes.',
    examples: ['3f0c4c9e-5b0e-4d5c-9f64-0e1d5a1c2b7a'],
  });

/**
 * - `provisioning`: usable, while what surrounds it (realm, Grafana org) is being made or changed.
 * - `suspended`: keeps all it has, but neither pushes nor queries nor signs in.
 * - `deleting`: on its way out; nothing of it can be used.
 */
export const TenantState = z.enum(['provisioning', 'ready', 'suspended', 'deleting']);
export type TenantState = z.infer<typeof TenantState>;

/** Namespaces of equal names in two clusters are two namespaces. */
export const CostNamespace = z.strictObject({
  cluster: z.string().min(1).max(253).describe('As OpenCost names the cluster.'),
  namespace: z.string().min(1).max(253).describe('As Kubernetes names it.'),
});
export type CostNamespace = z.infer<typeof CostNamespace>;

export const Tenant = z.object({
  id: TenantId,
  name: z.string(),
  plan: Plan,
  state: TenantState,
  isActive: z.boolean().describe('Whether it can push, query and sign in: what `state` says in short.'),
  features: FeatureOverrides.describe("What differs from the plan's."),
  limits: LimitOverrides,
  namespaces: z.array(CostNamespace).describe("Whose costs are this tenant's."),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Tenant = z.infer<typeof Tenant>;

/**
 * - `failed`: tried, and tried again at `nextAttemptAt`.
 * - `skipped`: this tenant goes without; `reason` says why.
 */
export const StepState = z.enum(['pending', 'running', 'done', 'failed', 'skipped']);
export type StepState = z.infer<typeof StepState>;

/** One thing that a tenant has outside of our database, on its way in or, once the tenant is leaving, out. */
export const Step = z.object({
  name: z.string(),
  title: z.string(),
  action: z.enum(['apply', 'remove']).describe('Whether it makes something, or takes it away.'),
  state: StepState,
  attempts: z.int().min(0).describe('Since it was last asked for.'),
  reason: z.string().nullable().describe('Why it failed or was skipped, for people.'),
  nextAttemptAt: Timestamp.nullable().describe('Null when there is nothing left to try.'),
  startedAt: Timestamp.nullable().describe('Of the last attempt.'),
  finishedAt: Timestamp.nullable().describe('Of the last attempt.'),
});
export type Step = z.infer<typeof Step>;

export const Provisioning = z.object({
  state: TenantState,
  steps: z.array(Step).describe('One for each thing the tenant has elsewhere.'),
});
export type Provisioning = z.infer<typeof Provisioning>;

export const Signal = z.enum(['logs', 'metrics', 'traces']);
export type Signal = z.infer<typeof Signal>;
export const SIGNALS: readonly Signal[] = Signal.options;

/** An ingestion key may only push, a query token may only read. */
export const CredentialKind = z.enum(['ingestion-key', 'query-token']);
export type CredentialKind = z.infer<typeof CredentialKind>;

export const KeyId = z
  .string()
  .regex(new RegExp(`^[0-9A-Za-z]{${KEY_ID_LENGTH}}$`), 'must be a key id')
  .meta({
    description: 'The public part of a key, also found within its secret.',
    examples: ['AbCdEf012345'],
  });

/** An ingestion key or a query token without its secret, which is shown once, when it is made. */
export const Key = z.object({
  id: KeyId,
  tenantId: TenantId,
  kind: CredentialKind,
  name: z.string(),
  signals: z.array(Signal).describe('What it may push or read.'),
  status: z.enum(['active', 'expired', 'revoked']),
  createdBy: z.string().describe('`<type>:<id>` of whoever made it.'),
  createdAt: Timestamp,
  expiresAt: Timestamp.nullable().describe('Null: never.'),
  revokedAt: Timestamp.nullable().describe('Null: it was not.'),
  rotatedTo: KeyId.nullable().describe('The key that took over from this one.'),
  limits: LimitOverrides.describe(
    'What it may push by itself, below what its tenant may; only what it has of its own.',
  ),
  lastUsedAt: Timestamp.nullable().describe(
    'To within a few seconds; null while it has not been used. No part of the ETag.',
  ),
});
export type Key = z.infer<typeof Key>;

export const IssuedKey = z.object({
  key: Key,
  secret: z.string().describe('The whole credential; nobody can show it a second time.'),
});
export type IssuedKey = z.infer<typeof IssuedKey>;

/** An address of a person; letter case makes no difference, and lower case is kept. */
export const Email = z.email().max(255).toLowerCase();

/**
 * New passwords; how hard one is to guess is judged as well. Length counts more than kinds of characters
 * (NIST SP 800-63B), and a passphrase of any reasonable length is welcome.
 */
export const NewPassword = z.string().min(12).max(256);

/** The name of a role, and its identity: within the tenant for a custom one. */
export const RoleName = z
  .string()
  .max(50)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by dashes');

/** A named set of permissions. */
export const Role = z.object({
  name: RoleName,
  description: z.string(),
  permissions: z.array(Permission).describe('What those who have the role may do.'),
  builtIn: z.boolean().describe('Those every tenant has, which nobody can change.'),
  createdAt: Timestamp.nullable().describe('Null for one that is built in.'),
  updatedAt: Timestamp.nullable(),
});
export type Role = z.infer<typeof Role>;

/** A person of one tenant. */
export const User = z.object({
  id: z.uuid(),
  tenantId: TenantId,
  email: z.string(),
  roles: z.array(z.string()).describe("Names of roles, built in or the tenant's own."),
  isActive: z.boolean().describe('Whether they may sign in and call at all.'),
  hasPassword: z.boolean().describe('How they can sign in; neither means that a password has yet to be set.'),
  keycloakUserId: z.uuid().nullable().describe('Where Keycloak knows this user; null where it does not.'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type User = z.infer<typeof User>;

/** Somebody being signed in, from one browser or program. */
export const Session = z.object({
  id: z.uuid(),
  method: z.enum(['password', 'keycloak']),
  ip: z.string().nullable().describe('Where it was begun.'),
  userAgent: z.string().nullable().describe('What it was begun with.'),
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
  expiresAt: Timestamp.describe('When it ends at the latest; it ends earlier when it is not used.'),
  current: z.boolean().describe('Whether it is the one that asks.'),
});
export type Session = z.infer<typeof Session>;

/** `denied`: refused for who asked; `failure`: tried in vain, as a login with a wrong password. */
export const AuditOutcome = z.enum(['success', 'denied', 'failure']);
export type AuditOutcome = z.infer<typeof AuditOutcome>;

/** Who did, or tried, what. It is written in the transaction of the change itself, and can never be changed. */
export const AuditEvent = z.object({
  id: z.uuid(),
  time: Timestamp,
  tenantId: TenantId.nullable().describe('In whose log it stands; null for what concerns the platform.'),
  actor: z
    .object({
      type: z.string().describe('`operator`, `user`, `grafana`, `anonymous`.'),
      id: z.string(),
      name: z.string().describe('An e-mail address or a login, as it was at the time.'),
      ip: z.string().nullable(),
      userAgent: z.string().nullable(),
    })
    .describe('Who did it, and from where.'),
  action: z.string().describe('The `operationId` of the endpoint.'),
  target: z
    .object({ type: z.string(), id: z.string().nullable() })
    .describe('What it was done to: `tenant`, `key`, `user` and so on, with its id.'),
  outcome: AuditOutcome,
  reason: z.string().nullable().describe('Why it was denied, or failed.'),
  requestId: z.string().describe('The `requestId` of the answer.'),
  diff: z
    .record(z.string(), z.object({ from: z.unknown(), to: z.unknown() }))
    .nullable()
    .describe('Each field that changed, without secrets; null where nothing did.'),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/** What was refused to one key for one reason, within one hour. */
export const Rejection = z.object({
  id: z.uuid(),
  keyId: KeyId,
  signal: Signal.nullable().describe(
    'Null for a key that is over: it was refused before anybody looked at what it sent.',
  ),
  reason: z
    .string()
    .describe(
      'Stable, for programs: `limit_exceeded`, `too_large`, `forbidden`, `refused_by_store`, `expired`, `revoked`, `tenant_inactive`.',
    ),
  status: z.int().describe('What the sender got.'),
  count: z.int().describe('Of a key that is over, each proxy counts one every five seconds at most.'),
  firstAt: Timestamp,
  lastAt: Timestamp,
  detail: z.string().describe('What one of the senders was told.'),
});
export type Rejection = z.infer<typeof Rejection>;

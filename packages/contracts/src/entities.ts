/** The nouns of the domain as the API shows them. A row of the database is never one of these. */
import { z } from 'zod';
import { KEY_ID_LENGTH } from './credential-format.ts';
import { FeatureOverrides, LimitOverrides, Plan } from './plans.ts';

/** A point in time: ISO 8601, UTC, milliseconds. */
export const Timestamp = z.iso.datetime();

/** The last day that a timestamp can name: ISO 8601 has four digits for the year. */
export const MAX_TIMESTAMP_MS = Date.UTC(9999, 11, 31);

/** One line of text for people: no control characters (PostgreSQL refuses NUL), no lone surrogates. */
export const DisplayName = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line without control characters');

/**
 * Immutable. Also the value of the label and attribute `tenant_id` and of `X-Scope-OrgID`, where case
 * matters: hence lower case only.
 */
export const TenantId = z.uuid().regex(/^[^A-F]*$/, 'must be in lower case');

/**
 * - `provisioning`: usable, while what surrounds it (realm, Grafana org) is being made or changed.
 * - `suspended`: keeps all it has, but neither pushes nor queries nor signs in.
 * - `deleting`: on its way out; nothing of it can be used.
 */
export const TenantState = z.enum(['provisioning', 'ready', 'suspended', 'deleting']);
export type TenantState = z.infer<typeof TenantState>;

/** Namespaces of equal names in two clusters are two namespaces. */
export const CostNamespace = z.strictObject({
  cluster: z.string().min(1).max(253),
  namespace: z.string().min(1).max(253),
});
export type CostNamespace = z.infer<typeof CostNamespace>;

export const Tenant = z.object({
  id: TenantId,
  name: z.string(),
  plan: Plan,
  state: TenantState,
  /** Whether it can push, query and sign in: what `state` says in short. */
  isActive: z.boolean(),
  /** What differs from the plan's. */
  features: FeatureOverrides,
  limits: LimitOverrides,
  /** Whose costs are this tenant's. */
  namespaces: z.array(CostNamespace),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Tenant = z.infer<typeof Tenant>;

export const Signal = z.enum(['logs', 'metrics', 'traces']);
export type Signal = z.infer<typeof Signal>;
export const SIGNALS: readonly Signal[] = Signal.options;

/** An ingestion key may only push, a query token may only read. */
export const CredentialKind = z.enum(['ingestion-key', 'query-token']);
export type CredentialKind = z.infer<typeof CredentialKind>;

export const KeyId = z.string().regex(new RegExp(`^[0-9A-Za-z]{${KEY_ID_LENGTH}}$`), 'must be a key id');

/** An ingestion key or a query token without its secret, which is shown once, when it is made. */
export const Key = z.object({
  id: KeyId,
  tenantId: TenantId,
  kind: CredentialKind,
  name: z.string(),
  signals: z.array(Signal),
  status: z.enum(['active', 'expired', 'revoked']),
  /** `<type>:<id>` of whoever made it. */
  createdBy: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp.nullable(),
  revokedAt: Timestamp.nullable(),
  /** The key that took over from this one. */
  rotatedTo: KeyId.nullable(),
});
export type Key = z.infer<typeof Key>;

export const IssuedKey = z.object({
  key: Key,
  /** The whole credential; nobody can show it a second time. */
  secret: z.string(),
});
export type IssuedKey = z.infer<typeof IssuedKey>;

/** What each plan brings: features that endpoints ask for, and limits that the proxy holds to. */
import { z } from 'zod';

export const Plan = z.enum(['community', 'saas', 'enterprise']);
export type Plan = z.infer<typeof Plan>;

export const FEATURES = {
  'custom-roles': 'Roles of the tenant’s own making',
  sso: 'Sign-in through Keycloak',
  'own-realm': 'A Keycloak realm of the tenant’s own',
  'audit-export': 'Export of the audit log',
} as const;

export type Feature = keyof typeof FEATURES;
export const Feature = z.enum(Object.keys(FEATURES) as [Feature, ...Feature[]]);

/**
 * How much a tenant, or one of its keys, may push. Rates are per second; a burst is what may come at once after a
 * quiet time, and the most that one request may hold.
 */
export const Limits = z.strictObject({
  samplesPerSecond: z.int().positive().max(1e9).describe('Metric samples per second.'),
  samplesBurst: z.int().positive().max(1e9).describe('Metric samples at once.'),
  logBytesPerSecond: z.int().positive().max(1e12).describe('Bytes of logs per second.'),
  logBytesBurst: z.int().positive().max(1e12).describe('Bytes of logs at once.'),
  traceBytesPerSecond: z.int().positive().max(1e12).describe('Bytes of traces per second.'),
  traceBytesBurst: z.int().positive().max(1e12).describe('Bytes of traces at once.'),
  lineBytes: z.int().positive().max(1e8).describe('The longest log line, in bytes.'),
});
export type Limits = z.infer<typeof Limits>;

/** Only what differs: a tenant's from its plan's, in either direction; a key's from its tenant's, downwards alone. */
export const LimitOverrides = Limits.partial();
export type LimitOverrides = z.infer<typeof LimitOverrides>;

export interface PlanTerms {
  features: readonly Feature[];
  limits: Limits;
}

const MB = 1_000_000;
const limits = (factor: number): Limits => ({
  samplesPerSecond: 10_000 * factor,
  samplesBurst: 200_000 * factor,
  logBytesPerSecond: 4 * MB * factor,
  logBytesBurst: 6 * MB * factor,
  traceBytesPerSecond: 15 * MB * factor,
  traceBytesBurst: 20 * MB * factor,
  lineBytes: 256 * 1024,
});

export const PLANS: Record<Plan, PlanTerms> = {
  community: { features: [], limits: limits(1) },
  saas: { features: ['sso', 'audit-export'], limits: limits(5) },
  enterprise: { features: Feature.options, limits: limits(20) },
};

/** What a tenant may push in all: its plan's limits, with its own over them. */
export function limitsOf(plan: Plan, overrides: LimitOverrides): Limits {
  return Limits.parse({ ...PLANS[plan].limits, ...overrides });
}

/** The least plan that has a feature: what a refusal tells the caller to ask for. */
export function planWith(feature: Feature): Plan {
  return Plan.options.find((plan) => PLANS[plan].features.includes(feature)) ?? 'enterprise';
}

/** Per tenant, over its plan: true gives a feature, false takes it. */
export const FeatureOverrides = z.partialRecord(Feature, z.boolean());
export type FeatureOverrides = z.infer<typeof FeatureOverrides>;

export function hasFeature(plan: Plan, overrides: FeatureOverrides, feature: Feature): boolean {
  return overrides[feature] ?? PLANS[plan].features.includes(feature);
}

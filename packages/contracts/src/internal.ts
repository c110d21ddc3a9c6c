/**
 * What the proxy asks of control-plane: who owns a credential, and tell me when that changes.
 * Every request carries `Authorization: Bearer $INTERNAL_TOKEN`. Not part of the public API.
 */
import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { CredentialKind, KeyId, Signal, TenantId, Timestamp } from './entities.ts';
import { Permission } from './permissions.ts';
import { LimitOverrides, Limits } from './plans.ts';

/** SHA-256 of the whole text of a credential, in lower-case hex. */
export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');

/** What a credential stands for, to the one who has to let it in. */
export const Credential = z.object({
  id: KeyId,
  kind: CredentialKind,
  tenantId: TenantId,
  signals: z.array(Signal),
  /** The proxy checks this itself, on every use: no event is sent when time runs out. */
  expiresAt: Timestamp.nullable(),
  /** What the tenant may push with all its keys together: its plan's limits, with its own over them. */
  limits: Limits,
  /** What this key may push besides; empty where it has no limits of its own. */
  keyLimits: LimitOverrides,
  /** The org of Grafana that is the tenant's, if it has one, and whether that org was given this very credential. */
  grafana: z.object({ orgId: z.int().positive(), isOrgToken: z.boolean() }).nullish(),
});
export type Credential = z.infer<typeof Credential>;

/** 404 when it is unknown, expired, revoked, or its tenant is not active: never says which. */
export const resolveCredential = defineEndpoint({
  id: 'resolveCredential',
  method: 'POST',
  path: '/internal/v1/credentials/resolve',
  summary: 'Who owns this credential',
  tag: 'Internal',
  caller: 'proxy',
  request: z.strictObject({ sha256: Sha256Hex }),
  response: Credential,
  status: 200,
  problems: ['not-found'],
});

/**
 * A person behind a JWT whose signature, issuer, audience and times have been checked already. `issuer` is `iss`,
 * `subject` is `sub`; `sessionId` is `sid` for a token of our own, null for one of Keycloak's.
 */
export const PrincipalQuestion = z.strictObject({
  issuer: z.string().min(1).max(512),
  subject: z.string().min(1).max(255),
  sessionId: z.string().max(64).nullable(),
  /** Tenants that the token's claim `organization` names: an issuer which speaks for several says with it for which. */
  organizations: z.array(z.string().min(1).max(64)).max(100).default([]),
});
export type PrincipalQuestion = z.infer<typeof PrincipalQuestion>;

/** The question to ask about a verified token. */
export function principalQuestion(token: {
  issuer: string;
  subject: string;
  sessionId: string | null;
  claims: Readonly<Record<string, unknown>>;
}): PrincipalQuestion {
  const { issuer, subject, sessionId, claims } = token;
  // Keycloak writes a list of aliases; with ids or attributes asked for, an object by alias.
  const named = claims['organization'] ?? [];
  const organizations = Array.isArray(named) ? named : Object.keys(named);
  return {
    issuer,
    subject,
    sessionId,
    organizations: organizations.filter((name) => typeof name === 'string'),
  };
}

export const Principal = z.object({
  /** Subject of events: `user:<id>`. */
  id: z.uuid(),
  tenantId: TenantId,
  permissions: z.array(Permission),
});
export type Principal = z.infer<typeof Principal>;

/** 404 when there is no such user or session, either is not in force any more, or the tenant is not active. */
export const resolvePrincipal = defineEndpoint({
  id: 'resolvePrincipal',
  method: 'POST',
  path: '/internal/v1/principals/resolve',
  summary: 'What this person may do, and in which tenant',
  tag: 'Internal',
  caller: 'proxy',
  request: PrincipalQuestion,
  response: Principal,
  status: 200,
  problems: ['not-found'],
});

/** Someone whose JWTs we take. The keys come along, so that a proxy asks nobody but control-plane. */
export const TrustedIssuer = z.object({
  issuer: z.string(),
  audience: z.string(),
  /** RFC 7517 section 5; public keys only. */
  jwks: z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }),
});
export type TrustedIssuer = z.infer<typeof TrustedIssuer>;

/** 404 for an issuer that is not known: whatever it signs is refused. */
export const resolveIssuer = defineEndpoint({
  id: 'resolveIssuer',
  method: 'POST',
  path: '/internal/v1/issuers/resolve',
  summary: 'The keys of an issuer of JWTs',
  tag: 'Internal',
  caller: 'proxy',
  request: z.strictObject({ issuer: z.string().min(1).max(512) }),
  response: TrustedIssuer,
  status: 200,
  problems: ['not-found'],
});

/** The Grafana of this installation, whose word on who is behind a request counts: it signs `X-Grafana-Id`. */
export const GrafanaSigner = z.object({
  /** `iss` of its tokens: the address of Grafana in browsers, with a slash at its end. */
  issuer: z.string(),
  /** RFC 7517 section 5; public keys only. */
  jwks: z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }),
});
export type GrafanaSigner = z.infer<typeof GrafanaSigner>;

/** 404 where there is no Grafana. */
export const resolveGrafana = defineEndpoint({
  id: 'resolveGrafana',
  method: 'GET',
  path: '/internal/v1/grafana',
  summary: 'The keys of Grafana',
  tag: 'Internal',
  caller: 'proxy',
  response: GrafanaSigner,
  status: 200,
  problems: ['not-found'],
});

/** Of one report; a longer one is sent in pieces. */
export const MAX_REPORTED_USES = 1000;
export const MAX_REPORTED_REJECTIONS = 100;
/** In UTF-16 code units. */
export const REJECTION_DETAIL_LENGTH = 300;

/** What was refused to one key for one reason since the last report. */
export const ReportedRejection = z.strictObject({
  keyId: KeyId,
  signal: Signal,
  /** As the proxy's metrics name it: `limit_exceeded`. */
  reason: z.string().regex(/^[a-z_]{1,64}$/),
  status: z.int().min(400).max(599),
  count: z.int().positive(),
  firstAt: Timestamp,
  lastAt: Timestamp,
  /** What the first of them was told. */
  detail: z.string().max(REJECTION_DETAIL_LENGTH),
});
export type ReportedRejection = z.infer<typeof ReportedRejection>;

export const UsageReport = z.strictObject({
  used: z.array(z.strictObject({ keyId: KeyId, at: Timestamp })).max(MAX_REPORTED_USES),
  rejections: z.array(ReportedRejection).max(MAX_REPORTED_REJECTIONS),
});
export type UsageReport = z.infer<typeof UsageReport>;

/** Sent by each proxy every few seconds. A report whose answer is lost is sent again: counts are at least right. */
export const reportUsage = defineEndpoint({
  id: 'reportUsage',
  method: 'POST',
  path: '/internal/v1/usage',
  summary: 'When credentials were last used, and what was refused',
  tag: 'Internal',
  caller: 'proxy',
  request: UsageReport,
  status: 204,
  problems: [],
});

/**
 * Endless `application/x-ndjson`, one {@link IdentityEvent} per line. Lines of an unknown `type` are to be
 * ignored.
 */
export const IDENTITY_EVENTS_PATH = '/internal/v1/identity/events';

export const IDENTITY_PING_INTERVAL_MS = 1000;

/** Whom an answer was about: one credential, one user (with all sessions), or everything of one tenant. */
export const IdentitySubject = z.string().regex(/^(credential:[0-9a-f]{64}|(user|tenant):[0-9a-f-]{36})$/);
export type IdentitySubject = z.infer<typeof IdentitySubject>;

/**
 * - `hello`: from here on you are told of every change; what you learnt before may be out of date.
 *   Sent first, and again whenever control-plane itself may have missed a change.
 * - `ping`: still told of every change. None for a few seconds means no such promise: connect anew.
 * - `invalidated`: forget what you know of the subject, and do not keep the answer of a resolve that was
 *   already under way when this arrived.
 */
export const IdentityEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello') }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('invalidated'), subject: IdentitySubject }),
]);
export type IdentityEvent = z.infer<typeof IdentityEvent>;

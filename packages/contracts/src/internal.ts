/**
 * What the proxy asks of control-plane: who owns a credential, and tell me when that changes.
 * Every request carries `Authorization: Bearer $INTERNAL_TOKEN`. Not part of the public API.
 */
import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';
import { CredentialKind, KeyId, Signal, TenantId, Timestamp } from './entities.ts';

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
 * Endless `application/x-ndjson`, one {@link CredentialEvent} per line. Lines of an unknown `type` are to be
 * ignored.
 */
export const CREDENTIAL_EVENTS_PATH = '/internal/v1/credentials/events';

export const CREDENTIAL_PING_INTERVAL_MS = 1000;

/**
 * - `hello`: from here on you are told of every change; what you learnt before may be out of date.
 *   Sent first, and again whenever control-plane itself may have missed a change.
 * - `ping`: still told of every change. None for a few seconds means no such promise: connect anew.
 * - `invalidated`: forget what you know of it, and do not keep the answer of a resolve that was
 *   already under way when this arrived.
 */
export const CredentialEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello') }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('invalidated'), sha256: Sha256Hex }),
]);
export type CredentialEvent = z.infer<typeof CredentialEvent>;

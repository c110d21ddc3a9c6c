/**
 * What a browser has to bring back from Keycloak, in a cookie that only we can read: nothing is kept here for people who
 * never come back, and a code that somebody slips a victim is of no use in the victim's browser (RFC 9700 section 4.7).
 */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { OIDC_PATH } from '@obstack/contracts';
import type { Call } from '@obstack/service-kit/endpoint';
import { z } from 'zod';
import { readCookie, setCookie } from '../../identity/cookies.ts';
import type { Sealer } from '../../sealing.ts';

const COOKIE = 'obstack_oidc';
/** For typing a password and a second factor. */
const SECONDS = 10 * 60;

const PendingSignIn = z.object({
  tenantId: z.string(),
  realm: z.string(),
  issuer: z.string(),
  returnTo: z.string(),
  state: z.string(),
  nonce: z.string(),
  /** RFC 7636. */
  verifier: z.string(),
  expiresAtMs: z.number(),
});
export type PendingSignIn = z.infer<typeof PendingSignIn>;

export function beginSignIn(
  call: Call,
  sealer: Sealer,
  about: Pick<PendingSignIn, 'tenantId' | 'realm' | 'issuer' | 'returnTo'>,
): PendingSignIn {
  const random = () => randomBytes(32).toString('base64url');
  const pending = {
    ...about,
    state: random(),
    nonce: random(),
    verifier: random(),
    expiresAtMs: Date.now() + SECONDS * 1000,
  };
  const value = encodeURIComponent(sealer.seal(JSON.stringify(pending)));
  setCookie(call, { name: COOKIE, value, path: OIDC_PATH, seconds: SECONDS });
  return pending;
}

/** Undefined when there is none, or it is not ours, or too old. */
export function readSignIn(headers: IncomingHttpHeaders, sealer: Sealer): PendingSignIn | undefined {
  const cookie = readCookie(headers, COOKIE);
  if (cookie === undefined) return undefined;
  try {
    const pending = PendingSignIn.parse(JSON.parse(sealer.open(decodeURIComponent(cookie))));
    return pending.expiresAtMs > Date.now() ? pending : undefined;
  } catch {
    return undefined;
  }
}

export function forgetSignIn(call: Call): void {
  setCookie(call, { name: COOKIE, value: '', path: OIDC_PATH, seconds: 0 });
}

/** `S256` (RFC 7636 section 4.2). */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

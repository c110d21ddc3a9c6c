/** Handling secrets that came in with a request. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** How a credential is stored and asked for: SHA-256 of its whole text, lower-case hex. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Equality that takes the same time wherever the texts differ, and whatever their lengths. */
export function secretsEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** The token of `Authorization: Bearer <token>` (RFC 6750, scheme in any case), if there is one. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +([^\s,]+)$/i.exec(authorization ?? '')?.[1];
}

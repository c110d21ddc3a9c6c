/** The two cookies of somebody signed in, and what guards requests that come with them. */
import type { IncomingHttpHeaders } from 'node:http';
import { AUTH_PATH, REFRESH_COOKIE, SESSION_COOKIE } from '@obstack/contracts';
import type { Call } from '@obstack/service-kit/endpoint';
import { ForbiddenError } from '@obstack/service-kit/problem';

/** @returns the first of this name (RFC 6265 section 4.2) */
export function readCookie({ cookie }: IncomingHttpHeaders, name: string): string | undefined {
  const pair = cookie
    ?.split(';')
    .map((text) => text.trim())
    .find((text) => text.startsWith(`${name}=`));
  return pair?.slice(name.length + 1) || undefined;
}

export function setSessionCookies(
  call: Call,
  tokens: { access: string; accessSeconds: number; refresh: string; refreshSeconds: number },
): void {
  setCookie(call, { name: SESSION_COOKIE, value: tokens.access, path: '/', seconds: tokens.accessSeconds });
  setCookie(call, {
    name: REFRESH_COOKIE,
    value: tokens.refresh,
    path: AUTH_PATH,
    seconds: tokens.refreshSeconds,
  });
}

export function clearSessionCookies(call: Call): void {
  setCookie(call, { name: SESSION_COOKIE, value: '', path: '/', seconds: 0 });
  setCookie(call, { name: REFRESH_COOKIE, value: '', path: AUTH_PATH, seconds: 0 });
}

/** Out of reach of scripts, of plain HTTP, and of what other sites make a browser send. */
export function setCookie(
  call: Call,
  { name, value, path, seconds }: { name: string; value: string; path: string; seconds: number },
): void {
  call.addHeader(
    'set-cookie',
    `${name}=${value}; Path=${path}; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Lax`,
  );
}

/**
 * A browser adds cookies to requests that another site made it send, and `SameSite` lets other ports and subdomains
 * through. So one that changes something has to say that it comes from our own pages.
 * @throws ForbiddenError
 */
export function requireSameOrigin(headers: IncomingHttpHeaders, publicUrl: string): void {
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return;
  if (headers.origin !== undefined && headers.origin === new URL(publicUrl).origin) return;
  throw new ForbiddenError(
    'A change that is signed in by cookie has to come from our own pages: send an Origin of ours, or a bearer token.',
  );
}

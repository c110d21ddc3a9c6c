// Reads the one credential of a request: `Authorization: Bearer`, basic auth (any user name, the credential
// as password) or `X-API-Key`. Two different credentials in one request are refused, never chosen between.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { SESSION_COOKIE } from '@obstack/contracts';
import { refuse } from '../http/refusal.ts';

const BEARER = /^bearer +([!-~]+)$/i;
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/** The credential as sent, or undefined when the request carries none that can be read. */
export function presentedCredential(headers: IncomingHttpHeaders): string | undefined {
  const fromAuthorization = headers.authorization ? fromHeader(headers.authorization) : undefined;
  const apiKey = headers['x-api-key'];
  if (typeof apiKey !== 'string' || apiKey === '') return fromAuthorization;
  if (headers.authorization !== undefined && fromAuthorization !== apiKey) {
    throw refuse.badRequest('Authorization and X-API-Key carry different credentials', {
      fix: 'send one of the two',
    });
  }
  return apiKey;
}

function fromHeader(authorization: string): string | undefined {
  const bearer = BEARER.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? undefined : pair.slice(colon + 1);
}

const SESSION = new RegExp(`(?:^|; *)${SESSION_COOKIE}=([^;\\s]+)`);

/**
 * The token of somebody who signed in with a browser. A page of another site may open a WebSocket and read from it, and
 * the browser sends the cookie along: so an upgrade counts only when it comes from our own address (RFC 6455 section
 * 10.2).
 */
export function sessionCookie({ headers }: IncomingMessage): string | undefined {
  const token = headers.cookie && SESSION.exec(headers.cookie)?.[1];
  if (!token) return undefined;
  if (headers.upgrade !== undefined && hostOf(headers.origin) !== headers.host) {
    throw refuse.forbidden('a page of another site may not use this sign-in', {
      fix: 'connect from the same host, or send the token as "Authorization: Bearer"',
    });
  }
  return token;
}

function hostOf(origin: string | undefined): string | undefined {
  return origin !== undefined && URL.canParse(origin) ? new URL(origin).host : undefined;
}

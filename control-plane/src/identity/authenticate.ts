/** Who is calling the public API. */
import type { IncomingHttpHeaders } from 'node:http';
import { OPERATOR_PERMISSIONS, SESSION_COOKIE, type TenantState } from '@obstack/contracts';
import { parseCredential } from '@obstack/contracts/credential-format';
import { principalQuestion } from '@obstack/contracts/internal';
import type { Call } from '@obstack/service-kit/endpoint';
import { TokenError, type TokenVerifier } from '@obstack/service-kit/jwt';
import { ForbiddenError, UnauthenticatedError } from '@obstack/service-kit/problem';
import { bearerToken, sha256Hex } from '@obstack/service-kit/secrets';
import type { ActorEndpoint } from '../call/authorise.ts';
import type { AccountActor, Actor } from '../call/context.ts';
import type { Database } from '../db/connect.ts';
import type { OperatorStore } from '../features/operator/operator-store.ts';
import type { ThroughGrafana } from './grafana/through-grafana.ts';
import { readCookie, requireSameOrigin } from './cookies.ts';
import type { People, Person } from './people.ts';

/** @throws UnauthenticatedError; ForbiddenError for people of a tenant that is not active */
export type Authenticate = (call: Call, endpoint: ActorEndpoint) => Promise<Actor>;

export interface AuthenticateDeps {
  db: Database;
  operators: OperatorStore;
  verifier: TokenVerifier;
  people: People;
  throughGrafana: ThroughGrafana;
  publicUrl: string;
}

/**
 * Takes an operator's API token or an access token as bearer token, or an access token from its cookie. Where there is
 * a bearer token, no cookie counts. A tenant's keys open nothing here, but for the query token of its Grafana org together
 * with what Grafana says of who uses it. An operator's token in a Grafana org is for its Admins.
 */
export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  const { db, operators, verifier, people, throughGrafana, publicUrl } = deps;

  async function operatorWith(token: string, headers: IncomingHttpHeaders): Promise<Actor> {
    const operator = await db.begin('platform', (tx) => operators.findByToken(tx, sha256Hex(token)));
    if (!operator) throw new UnauthenticatedError('This operator API token is not known.');
    const person = await throughGrafana.asOperator(headers);
    return {
      type: 'operator',
      id: operator.id,
      name: person ? `${operator.email} (${person.login} in Grafana)` : operator.email,
      tenantId: null,
      permissions: new Set(OPERATOR_PERMISSIONS),
      sessionId: null,
      roles: [],
    };
  }

  async function personWith(token: string): Promise<Actor> {
    const verified = await verifier.verify(token).catch((error: unknown) => {
      throw error instanceof TokenError ? new UnauthenticatedError(error.message) : error;
    });
    const person = await people.find(principalQuestion(verified));
    if (!person) throw new UnauthenticatedError('This session has ended; sign in again.');
    requireActiveTenant(person);
    return actorOf(person);
  }

  return async ({ headers }, { method }) => {
    const bearer = bearerToken(headers.authorization);
    if (bearer !== undefined) {
      const kind = parseCredential(bearer)?.kind;
      if (kind === 'operator-token') return operatorWith(bearer, headers);
      if (kind === undefined) return personWith(bearer);
      if (kind === 'query-token') return throughGrafana.withQueryToken(bearer, headers);
      throw new UnauthenticatedError(
        "A tenant's ingestion key does not open this API; sign in, or send an operator API token.",
      );
    }
    const cookie = headers.authorization === undefined ? readCookie(headers, SESSION_COOKIE) : undefined;
    if (cookie === undefined) {
      throw new UnauthenticatedError(
        'Send `Authorization: Bearer <token>`: an access token from POST /api/v1/auth/login, or an operator API token.',
      );
    }
    if (method !== 'GET') requireSameOrigin(headers, publicUrl);
    return personWith(cookie);
  };
}

/** Why nobody of this tenant may sign in or call at present, if so. */
export function refusalOf({ tenant }: { tenant: { state: TenantState } | null }): ForbiddenError | undefined {
  if (tenant?.state === 'suspended') {
    return new ForbiddenError('Your tenant is suspended; the operator of this platform can tell you why.');
  }
  return tenant?.state === 'deleting' ? new ForbiddenError('Your tenant is being removed.') : undefined;
}

/** @throws ForbiddenError */
export function requireActiveTenant(person: Parameters<typeof refusalOf>[0]): void {
  const refusal = refusalOf(person);
  if (refusal) throw refusal;
}

export function actorOf({ type, id, email, tenant, permissions, sessionId, roles }: Person): AccountActor {
  return { type, id, name: email, tenantId: tenant?.id ?? null, permissions, sessionId, roles };
}

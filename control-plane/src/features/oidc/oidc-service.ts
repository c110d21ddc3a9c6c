/** Signing in with a browser through Keycloak (OpenID Connect Core 1.0 section 3.1, with PKCE). */
import { oidcCallback, OIDC_CALLBACK_PATH, oidcLogin, type QueryOf, TenantId } from '@obstack/contracts';
import { principalQuestion } from '@obstack/contracts/internal';
import type { Call } from '@obstack/service-kit/endpoint';
import { TokenError, type TokenVerifier, type VerifiedToken } from '@obstack/service-kit/jwt';
import { ForbiddenError, NotFoundError, UnauthenticatedError } from '@obstack/service-kit/problem';
import { secretsEqual } from '@obstack/service-kit/secrets';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { requireActiveTenant } from '../../identity/authenticate.ts';
import { CLIENT_ID } from '../../identity/keycloak/desired.ts';
import type { KeycloakStore, LinkedTenant } from '../../identity/keycloak/keycloak-store.ts';
import type { Oidc } from '../../identity/keycloak/oidc.ts';
import { placeOf } from '../../identity/keycloak/place.ts';
import { orUnavailable } from '../../identity/keycloak/when-away.ts';
import type { People } from '../../identity/people.ts';
import type { Sealer } from '../../sealing.ts';
import type { RecordCall } from '../audit/record-call.ts';
import type { SignIn } from '../sessions/sign-in.ts';
import { beginSignIn, challengeOf, forgetSignIn, type PendingSignIn, readSignIn } from './pending-sign-in.ts';

export interface OidcService {
  /** @returns where the browser is to go */
  login(call: Call, query: QueryOf<typeof oidcLogin>): Promise<{ location: string }>;
  callback(call: Call, query: QueryOf<typeof oidcCallback>): Promise<{ location: string }>;
}

export function createOidcService(deps: {
  db: Database;
  store: KeycloakStore;
  oidc: Oidc;
  /** Of the cookie that a browser brings back. */
  sealer: Sealer;
  verifier: TokenVerifier;
  people: People;
  signIn: SignIn;
  record: RecordCall;
  publicUrl: string;
}): OidcService {
  const { db, store, oidc, sealer, verifier, people, signIn, record, publicUrl } = deps;
  const redirectUri = publicUrl + OIDC_CALLBACK_PATH;

  function findTenant(idOrName: string): Promise<LinkedTenant | undefined> {
    const id = TenantId.safeParse(idOrName).data;
    return db.begin('platform', (tx) =>
      id === undefined ? store.tenantByName(tx, idOrName) : store.tenant(tx, id),
    );
  }

  /** The ID token of the exchange, once all that can be wrong with it has been looked for. */
  async function identify({ issuer, ...pending }: PendingSignIn, code: string): Promise<VerifiedToken> {
    const token = await orUnavailable(
      oidc.exchange(pending.realm, { code, verifier: pending.verifier, redirectUri }),
    );
    if (token === undefined)
      throw startAgain('Keycloak does not take this sign-in code: it was used, or is too old.');
    const verified = await verifier.verify(token, 'id').catch((error: unknown) => {
      throw error instanceof TokenError ? startAgain(error.message) : error;
    });
    const { nonce } = verified.claims;
    if (verified.issuer !== issuer) throw startAgain('The answer comes from another realm.');
    if (typeof nonce !== 'string' || !secretsEqual(nonce, pending.nonce)) {
      throw startAgain('The answer belongs to another sign-in.');
    }
    return verified;
  }

  return {
    async login(call, { tenant: idOrName, returnTo }) {
      const tenant = await findTenant(idOrName);
      const place = tenant && placeOf(tenant);
      const isThere = place?.isShared ? tenant?.keycloak_organization_id : tenant?.keycloak_realm_id;
      // The same for a tenant that does not exist: who our customers are is no stranger's business.
      if (!tenant || !place || !isThere) {
        throw new NotFoundError(
          'There is no tenant of this id or name whose people sign in through Keycloak.',
        );
      }
      const { issuer, authorization_endpoint } = await orUnavailable(oidc.discover(place.realm));
      const { realm } = place;
      const pending = beginSignIn(call, sealer, { tenantId: tenant.id, realm, issuer, returnTo });
      const url = new URL(authorization_endpoint);
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: CLIENT_ID,
        redirect_uri: redirectUri,
        scope: place.isShared ? `openid email organization:${tenant.id}` : 'openid email',
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: challengeOf(pending.verifier),
        code_challenge_method: 'S256',
      }).toString();
      return { location: url.href };
    },

    async callback(call, { state, code, iss, error }) {
      const pending = readSignIn(call.headers, sealer);
      forgetSignIn(call);
      if (!pending || !secretsEqual(state ?? '', pending.state)) {
        throw startAgain('This sign-in was not begun in this browser, or took longer than ten minutes.');
      }
      // RFC 9207: an answer of another realm's is not to be exchanged at this one.
      if (iss !== undefined && iss !== pending.issuer)
        throw startAgain('The answer comes from another realm.');
      if (error !== undefined || code === undefined) {
        throw new ForbiddenError(
          error === 'access_denied'
            ? 'The sign-in was refused.'
            : 'Keycloak has ended the sign-in; start again.',
        );
      }
      const token = await identify(pending, code);
      const person = await people.find(principalQuestion(token));
      if (person?.tenant?.id !== pending.tenantId) {
        await db.begin('platform', (tx) =>
          record(tx, oidcCallback, call, {
            outcome: 'denied',
            tenantId: pending.tenantId,
            details: {
              reason: 'Keycloak knows this account, but it belongs to no active user of the tenant',
            },
          }),
        );
        throw new ForbiddenError(
          'Keycloak knows this account, but it belongs to no active user of the tenant; ask an admin of the tenant.',
        );
      }
      requireActiveTenant(person);
      const holder = { type: 'user', id: person.id, tenantId: pending.tenantId } as const;
      await signIn.open(call, holder, 'keycloak', async (tx, sessionId) => {
        const sid = z.string().max(255).safeParse(token.claims['sid']).data;
        if (sid !== undefined) {
          await store.putSession(tx, {
            session_id: sessionId,
            tenant_id: pending.tenantId,
            realm: pending.realm,
            sid,
          });
        }
        await record(tx, oidcCallback, call, {
          outcome: 'success',
          actor: { ...holder, name: person.email },
          tenantId: pending.tenantId,
          details: { target: { type: 'user', id: person.id } },
        });
      });
      return { location: pending.returnTo };
    },
  };
}

function startAgain(reason: string): UnauthenticatedError {
  return new UnauthenticatedError(`${reason} Start again at ${oidcLogin.path}.`);
}

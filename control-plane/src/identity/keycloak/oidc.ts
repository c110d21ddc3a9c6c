/** Keycloak's OpenID Connect side (OpenID Connect Core 1.0, Discovery 1.0), by way of our own address for it. */
import { z } from 'zod';
import { OutsideError } from '../../outside/json-client.ts';
import { CLIENT_ID } from './desired.ts';
import type { Jwks } from './keycloak-store.ts';

export interface Oidc {
  /** What browsers and tokens know the realm by. */
  discover(realm: string, signal?: AbortSignal): Promise<Discovery>;
  /** The keys that its tokens are signed with. */
  jwks(realm: string, signal?: AbortSignal): Promise<Jwks>;
  /**
   * Exchanges a code (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
   * @returns the ID token; undefined when Keycloak does not take the code
   */
  exchange(
    realm: string,
    grant: { code: string; verifier: string; redirectUri: string },
  ): Promise<string | undefined>;
}

const Discovery = z.object({ issuer: z.url(), authorization_endpoint: z.url() });
export type Discovery = z.infer<typeof Discovery>;

const JwksAnswer = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), use: z.string().optional() })),
});

const TIMEOUT_MS = 5000;

/** @param url of Keycloak, as this service reaches it: whatever Keycloak calls itself, we ask nobody else */
export function createOidc(url: string): Oidc {
  async function fetchFrom(
    path: string,
    options: { body?: URLSearchParams; signal?: AbortSignal | undefined } = {},
  ) {
    const { body, signal } = options;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await fetch(url + path, {
        ...(body && { method: 'POST', body }),
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
    } catch (cause) {
      throw new OutsideError(`Keycloak cannot be reached at ${url}`, { cause });
    }
  }

  async function get<S extends z.ZodType>(
    path: string,
    schema: S,
    signal?: AbortSignal,
  ): Promise<z.output<S>> {
    const response = await fetchFrom(path, { signal });
    if (!response.ok) {
      throw new OutsideError(`Keycloak answered GET ${path} with ${response.status}`, {
        status: response.status,
      });
    }
    return schema.parse(await response.json());
  }

  const pathOf = (realm: string) => `/realms/${encodeURIComponent(realm)}`;

  return {
    discover: (realm, signal) => get(`${pathOf(realm)}/.well-known/openid-configuration`, Discovery, signal),

    async jwks(realm, signal) {
      const { keys } = await get(`${pathOf(realm)}/protocol/openid-connect/certs`, JwksAnswer, signal);
      // The others are for encryption.
      return { keys: keys.filter(({ use }) => use === 'sig') };
    },

    async exchange(realm, { code, verifier, redirectUri }) {
      const response = await fetchFrom(`${pathOf(realm)}/protocol/openid-connect/token`, {
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: CLIENT_ID,
          code,
          code_verifier: verifier,
          redirect_uri: redirectUri,
        }),
      });
      if (response.status >= 500) {
        throw new OutsideError(`Keycloak answered the exchange of a code with ${response.status}`, {
          status: response.status,
        });
      }
      if (!response.ok) return undefined;
      return z.object({ id_token: z.string() }).parse(await response.json()).id_token;
    },
  };
}

/**
 * Who calls with a query token of a tenant's Grafana org. The token says for which tenant, and is known to Grafana alone;
 * `X-Grafana-Id` says who, in which org, in which role. Neither counts without the other.
 */
import { BUILT_IN_ROLES, GRAFANA_ROLES } from '@obstack/contracts';
import type { Credential } from '@obstack/contracts/internal';
import { GRAFANA_ID_HEADER, type GrafanaVerifier } from '@obstack/service-kit/grafana-id';
import { TokenError, UnknownIssuerError } from '@obstack/service-kit/jwt';
import { ForbiddenError, NotFoundError } from '@obstack/service-kit/problem';
import { sha256Hex } from '@obstack/service-kit/secrets';
import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from '../../call/context.ts';

/**
 * Every refusal is a 403: Grafana's frontend takes a 401 for the end of its own session.
 * @throws ForbiddenError
 */
export type BehindQueryToken = (token: string, headers: IncomingHttpHeaders) => Promise<Actor>;

export function createBehindQueryToken(deps: {
  verifier: GrafanaVerifier;
  /** Rejects with NotFoundError when it is not in force. */
  resolveCredential: (sha256: string) => Promise<Credential>;
}): BehindQueryToken {
  const { verifier, resolveCredential } = deps;

  async function tenantOf(token: string): Promise<Pick<Credential, 'tenantId' | 'grafana'>> {
    try {
      return await resolveCredential(sha256Hex(token));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw new ForbiddenError(
        'This query token is unknown, expired or revoked, or its tenant is not active.',
      );
    }
  }

  return async (token, headers) => {
    const { tenantId, grafana } = await tenantOf(token);
    const statement = headers[GRAFANA_ID_HEADER];
    if (typeof statement !== 'string' || statement === '') throw new ForbiddenError(ALONE);
    const { orgId, role, type, login, email } = await verifier.verify(statement).catch(refuse);
    if (grafana?.orgId !== orgId) {
      throw new ForbiddenError(`This query token is not that of the org ${orgId}, in which you are.`);
    }
    if (type !== 'user') throw new ForbiddenError(`Only people administrate; this is a ${type} of Grafana.`);
    const builtIn = role === 'None' ? undefined : GRAFANA_ROLES[role];
    return {
      type: 'grafana',
      id: login,
      name: email ?? login,
      tenantId,
      permissions: new Set(builtIn ? BUILT_IN_ROLES[builtIn] : []),
      sessionId: null,
      roles: builtIn ? [builtIn] : [],
    };
  };
}

const ALONE =
  'A query token alone does not open this API: it says for which tenant, not who asks. Through Grafana, X-Grafana-Id does; ' +
  'otherwise sign in, or send an operator API token.';

function refuse(error: unknown): never {
  if (error instanceof UnknownIssuerError) {
    throw new ForbiddenError(
      `X-Grafana-Id is signed by ${error.origin}, which is not the Grafana of this installation (GRAFANA_PUBLIC_URL).`,
    );
  }
  if (error instanceof TokenError) throw new ForbiddenError(`X-Grafana-Id is not valid. ${error.message}`);
  throw error;
}

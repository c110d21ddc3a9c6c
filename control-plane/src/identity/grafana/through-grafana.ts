/**
 * Who calls through Grafana, with the token of an org. The token says for which tenant, or that it is the operator's, and is
 * known to Grafana alone; `X-Grafana-Id` says who, in which org, in which role.
 */
import { BUILT_IN_ROLES, GRAFANA_ROLES } from '@obstack/contracts';
import type { Credential } from '@obstack/contracts/internal';
import {
  GRAFANA_ID_HEADER,
  type GrafanaIdentity,
  type GrafanaVerifier,
} from '@obstack/service-kit/grafana-id';
import { TokenError, UnknownIssuerError } from '@obstack/service-kit/jwt';
import { ForbiddenError, NotFoundError } from '@obstack/service-kit/problem';
import { sha256Hex } from '@obstack/service-kit/secrets';
import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from '../../call/context.ts';

/** Every refusal is a ForbiddenError: Grafana's frontend takes a 401 for the end of its own session. */
export interface ThroughGrafana {
  /** Who is behind a tenant's query token, which counts for nothing without a statement of Grafana's. */
  withQueryToken(token: string, headers: IncomingHttpHeaders): Promise<Actor>;
  /**
   * Who acts as the operator. Everybody in an org uses its token, and only its Admins may use one that may do everything.
   * Undefined when it does not come through a Grafana.
   */
  asOperator(headers: IncomingHttpHeaders): Promise<GrafanaIdentity | undefined>;
}

export function createThroughGrafana(deps: {
  verifier: GrafanaVerifier;
  /** Rejects with NotFoundError when it is not in force. */
  resolveCredential: (sha256: string) => Promise<Credential>;
}): ThroughGrafana {
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

  /** Undefined without a statement. */
  async function personIn(headers: IncomingHttpHeaders): Promise<GrafanaIdentity | undefined> {
    const statement = headers[GRAFANA_ID_HEADER];
    if (typeof statement !== 'string' || statement === '') return undefined;
    return verifier.verify(statement).catch(refuse);
  }

  return {
    async withQueryToken(token, headers) {
      const { tenantId, grafana } = await tenantOf(token);
      const person = await personIn(headers);
      if (!person) throw new ForbiddenError(ALONE);
      const { orgId, role, login, email } = person;
      if (grafana?.orgId !== orgId) {
        throw new ForbiddenError(`This query token is not that of the org ${orgId}, in which you are.`);
      }
      requireUser(person);
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
    },

    async asOperator(headers) {
      const person = await personIn(headers);
      if (!person) return undefined;
      requireUser(person);
      if (person.role === 'Admin') return person;
      throw new ForbiddenError(
        `This organisation holds the operator's token, which its Admins may use; you are ${person.role} in it.`,
      );
    },
  };
}

function requireUser({ type }: GrafanaIdentity): void {
  if (type !== 'user') throw new ForbiddenError(`Only people administrate; this is a ${type} of Grafana.`);
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

// Who is behind a query token that comes through Grafana. The token says for which tenant, and without more it decides
// alone, as in alert evaluation, behind which nobody is. Where Grafana says who asks, it has to be somebody of that
// tenant's org, and their role there restricts what they read. Refusals are 403s: Grafana makes a 400 of a 401.
import { BUILT_IN_ROLES, GRAFANA_ROLES, READ_SIGNAL } from '@obstack/contracts';
import type { Signal } from '@obstack/contracts';
import type { GrafanaSigner } from '@obstack/contracts/internal';
import { createGrafanaVerifier } from '@obstack/service-kit/grafana-id';
import type { GrafanaIdentity } from '@obstack/service-kit/grafana-id';
import { TokenError, UnknownIssuerError } from '@obstack/service-kit/jwt';
import { Refusal, refuse } from '../http/refusal.ts';
import type { KnownCredential } from './credentials.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** Somebody in Grafana, with the token of their org. */
export interface BehindGrafana {
  readonly credential: KnownCredential;
  readonly tenantId: string;
  readonly orgId: number;
  /** Of what Grafana says, or of the token. */
  readonly expiresAtMs: number;
}

export class ThroughGrafana {
  readonly #tokens: VerifiedTokens<GrafanaIdentity>;

  /**
   * @param signer the Grafana of this installation; rejects when nobody can say
   * @param now milliseconds since 1970
   */
  constructor(signer: () => Promise<GrafanaSigner | undefined>, now: () => number = Date.now) {
    const verifier = createGrafanaVerifier({ signer, now });
    this.#tokens = new VerifiedTokens((token) => verifier.verify(token), now);
  }

  /**
   * @param statement `X-Grafana-Id`
   * @returns the credential alone where the statement is none that counts here
   */
  reader(
    statement: string,
    credential: KnownCredential,
    signal: Signal,
  ): BehindGrafana | KnownCredential | Promise<BehindGrafana | KnownCredential> {
    const said = this.#tokens.read(statement);
    if (!(said instanceof Promise)) return admit(said, credential, signal);
    return said.then(
      (identity) => admit(identity, credential, signal),
      (error: unknown) => withoutIdentity(error, credential),
    );
  }
}

function admit(identity: GrafanaIdentity, credential: KnownCredential, signal: Signal): BehindGrafana {
  const { orgId, role, expiresAtMs } = identity;
  if (credential.grafana?.orgId !== orgId) {
    throw refuse.forbidden(
      `this query token is not that of the Grafana org ${orgId}, from which this comes`,
      {
        fix: 'use the query token of this org',
      },
    );
  }
  const needed = READ_SIGNAL[signal];
  if (role === 'None' || !BUILT_IN_ROLES[GRAFANA_ROLES[role]].includes(needed)) {
    throw refuse.forbidden(`this needs the permission ${needed}, which the role ${role} does not have`, {
      fix: 'ask an admin of your Grafana org for another role',
    });
  }
  return {
    credential,
    tenantId: credential.tenantId,
    orgId,
    expiresAtMs: Math.min(expiresAtMs, credential.expiresAtMs),
  };
}

/**
 * Every Grafana says who asks, also that of somebody who was given a query token for it. Of such a one nobody here knows
 * anything, and the token decides alone. The token of one of our own orgs, however, is known to our own Grafana alone.
 */
function withoutIdentity(error: unknown, credential: KnownCredential): KnownCredential {
  if (error instanceof UnknownIssuerError) {
    if (!credential.grafana?.isOrgToken) return credential;
    throw refuse.forbidden(
      `X-Grafana-Id is signed by ${error.origin}, not by the Grafana of this installation`,
      {
        fix: 'set GRAFANA_PUBLIC_URL of control-plane to the root_url of Grafana',
      },
    );
  }
  if (error instanceof TokenError) {
    throw refuse.forbidden(`X-Grafana-Id is not valid: ${error.message}`, {
      fix: 'sign in to Grafana again',
    });
  }
  if (error instanceof Refusal) throw error;
  throw refuse.unavailable('who asks through Grafana cannot be checked right now', {
    cause: error,
    fix: 'try again soon',
  });
}

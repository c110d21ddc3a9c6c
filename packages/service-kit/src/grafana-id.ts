/**
 * `X-Grafana-Id`: who is behind a request that comes through Grafana, said and signed by Grafana 12.3 itself
 * (pkg/services/auth/idimpl). Grafana adds it to what goes through its proxies for plugins and datasources; alert
 * evaluation has nobody behind it, and goes without.
 */
import type { GrafanaSigner } from '@obstack/contracts/internal';
import { z } from 'zod';
import { createTokenVerifier, TokenError } from './jwt.ts';

/** Grafana's answers are asked for through others, so that whoever names issuers at random asks few of them. */
const FRESH_MS = 5_000;

/** As node:http spells it. */
export const GRAFANA_ID_HEADER = 'x-grafana-id';

export interface GrafanaIdentity {
  orgId: number;
  /** Role in that org. Being an administrator of the whole Grafana shows nowhere in the token, and counts for nothing. */
  role: 'Viewer' | 'Editor' | 'Admin' | 'None';
  /** `user`, `service-account`, `anonymous` and so on. */
  type: string;
  /** Login of a user; what there is in its place for others, as `service-account:5`. */
  login: string;
  /** Null for what is no user, and for users without one. */
  email: string | null;
  expiresAtMs: number;
}

export interface GrafanaVerifier {
  /**
   * @param token text of the header
   * @throws TokenError saying what is wrong with it, {@link UnknownIssuerError} for one of another Grafana; whatever
   *   `signer` throws when it cannot say
   */
  verify(token: string): Promise<GrafanaIdentity>;
}

const Claims = z.object({
  aud: z.union([
    z.string(),
    z
      .array(z.string())
      .length(1)
      .transform(([only = '']) => only),
  ]),
  namespace: z.string(),
  type: z.string().min(1).max(64),
  username: z.string().max(190).default(''),
  email: z.string().max(255).default(''),
  role: z.enum(['Viewer', 'Editor', 'Admin', 'None']).default('None'),
});

/**
 * @param options.signer the one Grafana that is trusted, if there is one
 * @param options.now milliseconds since 1970
 */
export function createGrafanaVerifier(options: {
  signer: () => Promise<GrafanaSigner | undefined>;
  now?: () => number;
}): GrafanaVerifier {
  const { now = Date.now } = options;
  let last: { signer: Promise<GrafanaSigner | undefined>; at: number } | undefined;

  function current(): Promise<GrafanaSigner | undefined> {
    if (last && now() - last.at < FRESH_MS) return last.signer;
    const asked = { signer: options.signer(), at: now() };
    asked.signer.catch(() => {
      if (last === asked) last = undefined;
    });
    last = asked;
    return asked.signer;
  }

  const verifier = createTokenVerifier({
    now,
    issuerOf: async (issuer) => {
      const signer = await current();
      return signer?.issuer === issuer ? { ...signer, audience: '' } : undefined;
    },
  });

  return {
    async verify(token) {
      const { claims, subject, expiresAtMs } = await verifier.verify(token, 'grafana');
      const parsed = Claims.safeParse(claims);
      if (!parsed.success) throw new TokenError('This is not an ID token of Grafana.');
      const { aud, namespace, type, username, email, role } = parsed.data;
      const orgId = Number(/^org:([1-9]\d{0,9})$/.exec(aud)?.[1]);
      // Both name the org: https://github.com/grafana/authlib calls that of the first one `default`.
      if (!orgId || namespace !== (orgId === 1 ? 'default' : `org-${orgId}`)) {
        throw new TokenError('The token names no org of Grafana.');
      }
      return { orgId, role, type, login: username || subject, email: email || null, expiresAtMs };
    },
  };
}

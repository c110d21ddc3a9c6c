/**
 * Signs and verifies JSON Web Tokens; the only owner of `jose`. What a token says counts only after its issuer was
 * found to be one we trust and one of that issuer's own keys has signed it (RFC 8725, RFC 9068).
 */
import type { TrustedIssuer } from '@obstack/contracts/internal';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';

/** Signatures by private key only: with a secret as key (HS256), whoever can verify could sign as well. */
const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'];
const OUR_ALGORITHM = 'ES256';
/** RFC 9068: an access token, not to be taken for an ID token or a logout token. */
const ACCESS_TOKEN_TYPE = 'at+jwt';

/** By how much clocks may differ. */
const LEEWAY_SECONDS = 30;
/** An issuer is asked anew for what it may have changed, at most this often for a key or issuer nobody knows. */
const MAX_AGE_MS = 5 * 60_000;
const COOL_DOWN_MS = 30_000;
const MAX_ISSUERS = 2000;
const MAX_LENGTH = 16 * 1024;

/** Why a token is refused, in words that a stranger may read. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

/** What it says may be true elsewhere; here nobody's word counts but that of issuers we trust. */
export class UnknownIssuerError extends TokenError {
  /** Where the issuer says to be, as far as that can be told to people: `https://grafana.example`. */
  readonly origin: string;

  constructor(issuer: string) {
    super('The issuer of this token is not known here.');
    const url = URL.parse(issuer);
    this.origin = url && /^https?:$/.test(url.protocol) ? url.origin : 'somebody';
  }
}

/**
 * - `access`: opens our APIs.
 * - `id`: of OpenID Connect (Core 1.0 section 3.1.3.7), and opens nothing; its `nonce` is left to the caller.
 * - `grafana`: `X-Grafana-Id`, see grafana-id.ts. Its audience is one org of many, and left to the caller.
 */
export type TokenUse = 'access' | 'id' | 'grafana';

export interface VerifiedToken {
  issuer: string;
  subject: string;
  /** `sid`; what it names is the issuer's business. */
  sessionId: string | null;
  expiresAtMs: number;
  claims: Readonly<Record<string, unknown>>;
}

export interface TokenVerifier {
  /**
   * @param use what it must be good for; `access` unless said otherwise
   * @throws TokenError; whatever `issuerOf` throws when it cannot say, and nothing is known from before
   */
  verify(token: string, use?: TokenUse): Promise<VerifiedToken>;
}

interface KnownIssuer {
  /** Undefined for one that is not trusted. */
  trusted: TrustedIssuer | undefined;
  keys: ReturnType<typeof createLocalJWKSet>;
  kids: ReadonlySet<unknown>;
  askedAt: number;
}

/**
 * Asks `issuerOf` once for each issuer, again after five minutes, and again for a key id it has not seen, though not
 * twice within 30 s. While it cannot say, what it said before holds.
 */
export function createTokenVerifier(options: {
  /** @param issuer `iss` of a token not yet verified: any text */
  issuerOf: (issuer: string) => Promise<TrustedIssuer | undefined>;
  /** Milliseconds since 1970. */
  now?: () => number;
}): TokenVerifier {
  const { issuerOf, now = Date.now } = options;
  const known = new Map<string, KnownIssuer>();
  const asking = new Map<string, Promise<KnownIssuer>>();

  function ask(issuer: string): Promise<KnownIssuer> {
    const underWay = asking.get(issuer);
    if (underWay) return underWay;
    const asked = issuerOf(issuer)
      .then((trusted) => remember(issuer, knownIssuer(trusted, now())))
      .catch((error: unknown) => {
        const before = known.get(issuer);
        if (!before) throw error;
        return remember(issuer, { ...before, askedAt: now() });
      })
      .finally(() => asking.delete(issuer));
    asking.set(issuer, asked);
    return asked;
  }

  function remember(issuer: string, entry: KnownIssuer): KnownIssuer {
    known.delete(issuer);
    known.set(issuer, entry);
    const oldest = known.keys().next();
    if (known.size > MAX_ISSUERS && !oldest.done) known.delete(oldest.value);
    return entry;
  }

  function find(issuer: string, kid: string): KnownIssuer | Promise<KnownIssuer> {
    const entry = known.get(issuer);
    if (!entry) return ask(issuer);
    const mayHelp = !entry.trusted || !entry.kids.has(kid);
    const age = now() - entry.askedAt;
    return age >= (mayHelp ? COOL_DOWN_MS : MAX_AGE_MS) ? ask(issuer) : entry;
  }

  return {
    async verify(token, use = 'access') {
      const { issuer, kid } = peek(token);
      const { trusted, keys } = await find(issuer, kid);
      if (trusted?.issuer !== issuer) throw new UnknownIssuerError(issuer);
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer,
        ...(use !== 'grafana' && { audience: trusted.audience }),
        algorithms: ALGORITHMS,
        clockTolerance: LEEWAY_SECONDS,
        currentDate: new Date(now()),
        requiredClaims: ['exp', 'iat', 'sub'],
      }).catch((error: unknown) => {
        throw reasonOf(error);
      });
      if (use === 'access') requireAccessToken(protectedHeader.typ, payload);
      if (use === 'id') requireIdToken(protectedHeader.typ, payload, trusted.audience);
      return verified(issuer, payload, now());
    },
  };
}

function knownIssuer(trusted: TrustedIssuer | undefined, askedAt: number): KnownIssuer {
  const { keys } = trusted?.jwks ?? { keys: [] };
  return {
    trusted,
    keys: createLocalJWKSet({ keys: keys }),
    kids: new Set(keys.map(({ kid }) => kid)),
    askedAt,
  };
}

/** What has to be known to find the key. Nothing of it is to be believed yet. */
function peek(token: string): { issuer: string; kid: string } {
  if (token.length > MAX_LENGTH) throw new TokenError('The token is too long.');
  let issuer: unknown, kid: unknown, alg: unknown;
  try {
    ({ iss: issuer } = decodeJwt(token));
    ({ kid, alg } = decodeProtectedHeader(token));
  } catch {
    throw new TokenError('This is not a JSON Web Token.');
  }
  // Said here, so that a token which no key could make valid asks nobody for keys.
  if (typeof alg !== 'string' || !ALGORITHMS.includes(alg)) {
    throw new TokenError(`The token is not signed with one of ${ALGORITHMS.join(', ')}.`);
  }
  if (typeof issuer !== 'string' || issuer.length > 512) throw new TokenError('The token names no issuer.');
  if (typeof kid !== 'string') throw new TokenError('The token does not name the key that signed it.');
  return { issuer, kid };
}

/** Keycloak's access tokens are plain `JWT`s which say `typ: Bearer` among the claims; its ID tokens say `ID`. */
function requireAccessToken(type: string | undefined, claims: JWTPayload): void {
  const name = type?.toLowerCase().replace(/^application\//, '');
  if (name === ACCESS_TOKEN_TYPE) return;
  if ((name === undefined || name === 'jwt') && claims['typ'] === 'Bearer') return;
  throw new TokenError('This is not an access token.');
}

/** Keycloak's say `typ: ID`; the audience is the client, which must also be the one it was made for. */
function requireIdToken(type: string | undefined, claims: JWTPayload, client: string): void {
  const isId = (type === undefined || type.toLowerCase() === 'jwt') && claims['typ'] === 'ID';
  if (!isId) throw new TokenError('This is not an ID token.');
  if (claims['azp'] !== undefined && claims['azp'] !== client) {
    throw new TokenError('The token is meant for somebody else.');
  }
}

function verified(issuer: string, claims: JWTPayload, nowMs: number): VerifiedToken {
  const { sub: subject, exp, iat, sid } = claims;
  if (typeof subject !== 'string' || subject === '' || subject.length > 255 || exp === undefined) {
    throw new TokenError('The token names no subject.');
  }
  if (iat === undefined || iat * 1000 > nowMs + LEEWAY_SECONDS * 1000) {
    throw new TokenError('The token was issued in the future.');
  }
  return {
    issuer,
    subject,
    sessionId: typeof sid === 'string' && sid.length <= 64 ? sid : null,
    expiresAtMs: exp * 1000,
    claims,
  };
}

function reasonOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new TokenError('The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    const reason = CLAIM_REASONS[error.claim];
    return new TokenError(reason ?? `The token’s claim ${error.claim} is missing or wrong.`);
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return new TokenError('The token is signed with a key that its issuer does not have.');
  }
  // Whatever else jose finds: a wrong signature, a header it must understand and does not.
  return error instanceof errors.JOSEError ? new TokenError('The token’s signature is not valid.') : error;
}

const CLAIM_REASONS: Record<string, string> = {
  aud: 'The token is meant for somebody else.',
  nbf: 'The token is not valid yet.',
};

/** A key pair of ours; `kid` is the RFC 7638 thumbprint of its public part. */
export interface SigningKey {
  kid: string;
  publicJwk: Record<string, unknown> & { kty: string };
  /** Keep it sealed. */
  privateJwk: Record<string, unknown>;
}

export async function generateSigningKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(OUR_ALGORITHM, { extractable: true });
  const exported = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(exported);
  return {
    kid,
    publicJwk: { ...exported, kty: 'EC', kid, alg: OUR_ALGORITHM, use: 'sig' },
    privateJwk: { ...(await exportJWK(privateKey)) },
  };
}

/** Signs an access token (RFC 9068) of our own. */
export async function signAccessToken(
  key: Pick<SigningKey, 'kid' | 'privateJwk'>,
  token: {
    issuer: string;
    audience: string;
    subject: string;
    sessionId: string;
    lifetimeSeconds: number;
    nowMs?: number;
  },
): Promise<string> {
  const issuedAt = Math.floor((token.nowMs ?? Date.now()) / 1000);
  return new SignJWT({ sid: token.sessionId })
    .setProtectedHeader({ alg: OUR_ALGORITHM, typ: ACCESS_TOKEN_TYPE, kid: key.kid })
    .setIssuer(token.issuer)
    .setAudience(token.audience)
    .setSubject(token.subject)
    .setJti(crypto.randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + token.lifetimeSeconds)
    .sign(await importJWK(key.privateJwk as JWK, OUR_ALGORITHM));
}

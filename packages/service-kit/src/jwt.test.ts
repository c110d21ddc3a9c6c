import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TrustedIssuer } from '@obstack/contracts/internal';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { createTokenVerifier, generateSigningKey, signAccessToken, type SigningKey } from './jwt.ts';

const ISSUER = 'http://obstack.test';
const REALM = 'http://keycloak.test/realms/acme';
const NOW = Date.UTC(2030, 0, 1);
const SECOND = NOW / 1000;

const ours = await generateSigningKey();
const other = await generateSigningKey();
const rsa = await generateKeyPair('RS256');
const realmJwk = { ...(await exportJWK(rsa.publicKey)), kty: 'RSA', kid: 'realm-key', use: 'sig' };

let now: number;
let asked: string[];
let issuers: Map<string, TrustedIssuer>;
let verifier: ReturnType<typeof createTokenVerifier>;

beforeEach(() => {
  now = NOW;
  asked = [];
  issuers = new Map([
    [ISSUER, { issuer: ISSUER, audience: 'obstack', jwks: { keys: [ours.publicJwk] } }],
    [REALM, { issuer: REALM, audience: 'obstack', jwks: { keys: [realmJwk] } }],
  ]);
  verifier = createTokenVerifier({
    issuerOf: (issuer) => {
      asked.push(issuer);
      return Promise.resolve(issuers.get(issuer));
    },
    now: () => now,
  });
});

const claims = { iss: ISSUER, aud: 'obstack', sub: 'someone', iat: SECOND, exp: SECOND + 60 };

/** A token in which all is right but what is given; a claim of `undefined` is left out. */
async function token(
  more: JWTPayload = {},
  header: Partial<JWTHeaderParameters> = {},
  key: Pick<SigningKey, 'kid' | 'privateJwk'> = ours,
): Promise<string> {
  return new SignJWT({ ...claims, ...more })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...header })
    .sign(await importJWK(key.privateJwk as JWK, 'ES256'));
}

const realmToken = (more: JWTPayload = {}, header: Partial<JWTHeaderParameters> = {}) =>
  new SignJWT({ ...claims, iss: REALM, typ: 'Bearer', ...more })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'realm-key', ...header })
    .sign(rsa.privateKey);

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token', () => {
  it('of ours is what signAccessToken makes', async () => {
    const text = await signAccessToken(ours, {
      issuer: ISSUER,
      audience: 'obstack',
      subject: 'a-user',
      sessionId: 'a-session',
      lifetimeSeconds: 900,
      nowMs: NOW,
    });
    expect(await verifier.verify(text)).toEqual({
      issuer: ISSUER,
      subject: 'a-user',
      sessionId: 'a-session',
      expiresAtMs: NOW + 900_000,
      claims: expect.objectContaining({ jti: expect.any(String) }),
    });
  });

  it('of Keycloak is a plain JWT whose claims call it Bearer', async () => {
    const verified = await verifier.verify(await realmToken({ aud: ['account', 'obstack'] }));
    expect(verified).toMatchObject({ issuer: REALM, subject: 'someone', sessionId: null });
    await verifier.verify(await realmToken({}, { typ: undefined as never }));
  });

  it('may be half a minute off the clock, and no more', async () => {
    await verifier.verify(await token({ exp: SECOND - 29, nbf: SECOND + 29, iat: SECOND + 29 }));
    await expect(verifier.verify(await token({ exp: SECOND - 31 }))).rejects.toThrow('has expired');
    await expect(verifier.verify(await token({ nbf: SECOND + 31 }))).rejects.toThrow('not valid yet');
    await expect(verifier.verify(await token({ iat: SECOND + 31 }))).rejects.toThrow('issued in the future');
  });
});

describe('refused', () => {
  async function refused(text: string, reason: string | RegExp): Promise<void> {
    const error: unknown = await verifier.verify(text).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'TokenError', message: expect.stringMatching(reason) as unknown });
    // Whatever is wrong with it, the refusal quotes nothing of it.
    for (const piece of text.split('.')) if (piece) expect(String(error)).not.toContain(piece);
  }

  it('is one without a signature', async () => {
    await refused(`${part({ alg: 'none', typ: 'at+jwt', kid: ours.kid })}.${part(claims)}.`, 'not signed');
    const [, payload] = (await token()).split('.');
    await refused(`${part({ alg: 'ES256', typ: 'at+jwt', kid: ours.kid })}.${payload}.`, 'signature');
  });

  it('is one signed with the public key as a secret', async () => {
    const secrets = [await exportSPKI(rsa.publicKey), JSON.stringify(ours.publicJwk)];
    for (const secret of secrets) {
      const head = `${part({ alg: 'HS256', typ: 'at+jwt', kid: ours.kid })}.${part(claims)}`;
      const signature = createHmac('sha256', secret).update(head).digest('base64url');
      await refused(`${head}.${signature}`, 'not signed with one of');
    }
    expect(asked).toEqual([]);
  });

  it('is one of an issuer that is not known, or names none', async () => {
    await refused(await token({ iss: 'http://evil.test' }), 'issuer of this token is not known');
    await refused(await token({ iss: `${ISSUER}/` }), 'issuer of this token is not known');
    await refused(await token({ iss: undefined as never }), 'names no issuer');
    await refused(await token({ iss: 'x'.repeat(513) }), 'names no issuer');
  });

  it('is one of a known issuer signed with another issuer’s key', async () => {
    await refused(await token({ iss: REALM, typ: 'Bearer' }), 'key that its issuer does not have');
    await refused(await token({ iss: REALM }, { kid: 'realm-key' }), /key|signature/);
    await refused(await realmToken({ iss: ISSUER }), 'key that its issuer does not have');
    await refused(await token({}, { kid: ours.kid }, other), 'signature');
  });

  it('is one that brings its own key along', async () => {
    const brought = { kid: other.kid, jwk: other.publicJwk as JWK, jku: 'http://evil.test/keys' };
    await refused(await token({}, brought, other), 'key that its issuer does not have');
  });

  it('is one with a header that must be understood and is not', async () => {
    const text = await token();
    const [, payload, signature] = text.split('.');
    const head = { alg: 'ES256', typ: 'at+jwt', kid: ours.kid, crit: ['exp'], exp: 1 };
    await refused(`${part(head)}.${payload}.${signature}`, 'signature');
  });

  it.each([
    [{ aud: 'grafana' }, 'meant for somebody else'],
    [{ aud: undefined }, 'meant for somebody else'],
    [{ exp: undefined }, 'exp is missing'],
    [{ iat: undefined }, 'iat is missing'],
    [{ sub: undefined }, 'sub is missing'],
    [{ sub: '' }, 'no subject'],
  ])('is one with a claim missing or wrong (%#)', async (more, reason) => {
    await refused(await token(more as JWTPayload), reason);
  });

  it('is anything but an access token', async () => {
    await refused(await token({}, { typ: 'logout+jwt' }), 'not an access token');
    await refused(await token({}, { typ: 'JWT' }), 'not an access token');
    await refused(await realmToken({ typ: 'ID' }), 'not an access token');
    await refused(await realmToken({ typ: undefined }), 'not an access token');
  });

  it('is what is no token at all', async () => {
    for (const text of ['', 'a', 'a.b.c', '..', 'obq_000000000000_x', `${'a'.repeat(20_000)}.b.c`]) {
      await expect(verifier.verify(text)).rejects.toMatchObject({ name: 'TokenError' });
    }
    expect(asked).toEqual([]);
  });

  it('is one that names no key', async () => {
    await refused(await token({}, { kid: undefined as never }), 'does not name the key');
  });

  it('is one with a single character changed', async () => {
    const text = await token();
    const at = text.lastIndexOf('.') + 10;
    const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    await refused(changed, 'signature');
  });
});

describe('an issuer', () => {
  it('is asked once for many tokens, also when they come together', async () => {
    const text = await token();
    await Promise.all([verifier.verify(text), verifier.verify(text), verifier.verify(text)]);
    await verifier.verify(text);
    expect(asked).toEqual([ISSUER]);
  });

  it('is asked again for a key that is new, at most every 30 s', async () => {
    const unknown = await token({}, {}, other);
    await verifier.verify(await token());
    await expect(verifier.verify(unknown)).rejects.toThrow('key that its issuer does not have');
    now += 29_000;
    await expect(verifier.verify(unknown)).rejects.toThrow('key that its issuer does not have');
    expect(asked).toHaveLength(1);

    issuers.set(ISSUER, {
      issuer: ISSUER,
      audience: 'obstack',
      jwks: { keys: [ours.publicJwk, other.publicJwk] },
    });
    now += 1000;
    expect(await verifier.verify(unknown)).toMatchObject({ subject: 'someone' });
    expect(asked).toHaveLength(2);
  });

  it('that is not known is asked for again, at most every 30 s', async () => {
    issuers.clear();
    const text = await token();
    for (let i = 0; i < 3; i++) await expect(verifier.verify(text)).rejects.toThrow('not known');
    expect(asked).toHaveLength(1);
    issuers.set(ISSUER, { issuer: ISSUER, audience: 'obstack', jwks: { keys: [ours.publicJwk] } });
    now += 30_000;
    await verifier.verify(text);
  });

  it('that drops a key is believed within five minutes', async () => {
    await verifier.verify(await token());
    issuers.set(ISSUER, { issuer: ISSUER, audience: 'obstack', jwks: { keys: [other.publicJwk] } });
    now += 5 * 60_000;
    const text = await token({ exp: now / 1000 + 60 });
    await expect(verifier.verify(text)).rejects.toThrow('key that its issuer does not have');
  });

  it('that cannot be asked is taken for what it was', async () => {
    const fails = new Error('no connection');
    let down = false;
    const flaky = createTokenVerifier({
      issuerOf: () => (down ? Promise.reject(fails) : Promise.resolve(issuers.get(ISSUER))),
      now: () => now,
    });
    await flaky.verify(await token());
    down = true;
    now += 5 * 60_000;
    await flaky.verify(await token({ exp: now / 1000 + 60 }));
    const fresh = createTokenVerifier({ issuerOf: () => Promise.reject(fails), now: () => now });
    await expect(fresh.verify(await token())).rejects.toBe(fails);
  });
});

describe('an ID token', () => {
  const idToken = (more: JWTPayload = {}, header: Partial<JWTHeaderParameters> = {}) =>
    realmToken({ typ: 'ID', azp: 'obstack', nonce: 'n', ...more }, header);

  it('of a realm is taken where one is asked for, with its nonce for the caller to look at', async () => {
    const verified = await verifier.verify(await idToken(), 'id');
    expect(verified).toMatchObject({ issuer: REALM, subject: 'someone', claims: { nonce: 'n' } });
  });

  it('opens nothing', async () => {
    await expect(verifier.verify(await idToken())).rejects.toThrow('This is not an access token.');
  });

  it.each([
    ['is an access token', { typ: 'Bearer' }, {}, 'This is not an ID token.'],
    ['is an access token of ours', {}, { typ: 'at+jwt' }, 'This is not an ID token.'],
    ['was made for another client', { azp: 'grafana' }, {}, 'The token is meant for somebody else.'],
    ['is for another audience', { aud: 'grafana' }, {}, 'The token is meant for somebody else.'],
    ['has expired', { exp: SECOND - 31 }, {}, 'The token has expired.'],
  ])('is refused when it %s', async (_what, more, header, reason) => {
    await expect(verifier.verify(await idToken(more, header), 'id')).rejects.toThrow(reason);
  });
});

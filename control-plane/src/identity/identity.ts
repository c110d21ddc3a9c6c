/** Puts together who may call: keys, tokens, sessions, and the people behind them. */
import type { Credential } from '@obstack/contracts/internal';
import { createGrafanaVerifier } from '@obstack/service-kit/grafana-id';
import { createTokenVerifier, type TokenVerifier } from '@obstack/service-kit/jwt';
import type { Database } from '../db/connect.ts';
import { operatorStore } from '../features/operator/operator-store.ts';
import type { IssuerOf } from '../features/internal/principals-service.ts';
import { AUDIENCE, createSignIn, type SignIn } from '../features/sessions/sign-in.ts';
import { type SessionLifetime, sessionStore } from '../features/sessions/sessions-store.ts';
import type { Sealer } from '../sealing.ts';
import { type Authenticate, createAuthenticate } from './authenticate.ts';
import { createThroughGrafana } from './grafana/through-grafana.ts';
import type { AskGrafanaSigner } from './grafana/signer.ts';
import type { ExternalIssuers } from './issuers.ts';
import { createPeople, type People } from './people.ts';
import { peopleStore } from './people-store.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';
import { signingKeyStore } from './signing-keys-store.ts';

export interface Identity {
  authenticate: Authenticate;
  verifier: TokenVerifier;
  /** Keys of ourselves, and of all others whose tokens we take. */
  issuerOf: IssuerOf;
  people: People;
  signIn: SignIn;
  keys: SigningKeys;
}

export function createIdentity(deps: {
  db: Database;
  /** For the signing keys. */
  sealer: Sealer;
  /** Issuer of our tokens, and the origin of our pages. */
  publicUrl: string;
  lifetime: SessionLifetime;
  issuers: ExternalIssuers;
  grafanaSigner: AskGrafanaSigner;
  /** Rejects with NotFoundError when it is not in force. */
  resolveCredential: (sha256: string) => Promise<Credential>;
}): Identity {
  const { db, sealer, publicUrl, lifetime, issuers, grafanaSigner, resolveCredential } = deps;
  const keys = createSigningKeys({ db, store: signingKeyStore, sealer });
  const issuerOf: IssuerOf = async (issuer) =>
    issuer === publicUrl ? { issuer, audience: AUDIENCE, jwks: await keys.jwks() } : issuers.find(issuer);
  const verifier = createTokenVerifier({ issuerOf });
  const people = createPeople({
    db,
    people: peopleStore,
    sessions: sessionStore,
    issuers,
    ownIssuer: publicUrl,
    idleSeconds: lifetime.idleSeconds,
  });
  return {
    authenticate: createAuthenticate({
      db,
      operators: operatorStore,
      verifier,
      people,
      throughGrafana: createThroughGrafana({
        verifier: createGrafanaVerifier({ signer: grafanaSigner }),
        resolveCredential,
      }),
      publicUrl,
    }),
    verifier,
    issuerOf,
    people,
    signIn: createSignIn({ db, sessions: sessionStore, keys, issuer: publicUrl, lifetime }),
    keys,
  };
}

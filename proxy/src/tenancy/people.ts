// Who is behind a JSON Web Token, and what they may do. The token itself says who it is for until when; what that person
// may do comes from control-plane alone, and is forgotten when it changes.
import { hash } from 'node:crypto';
import type { Permission } from '@obstack/contracts';
import { principalQuestion } from '@obstack/contracts/internal';
import type { Principal, PrincipalQuestion, TrustedIssuer } from '@obstack/contracts/internal';
import { createTokenVerifier, TokenError } from '@obstack/service-kit/jwt';
import { Refusal, refuse } from '../http/refusal.ts';
import { AnswerCache } from './answer-cache.ts';
import type { Known, OnAnswer } from './answer-cache.ts';

export interface KnownPerson extends Known {
  readonly tenantId: string;
  readonly permissions: ReadonlySet<Permission>;
}

/** A person with the token they came with. */
export interface SignedIn {
  readonly person: KnownPerson;
  readonly tenantId: string;
  /** Of the token. */
  readonly expiresAtMs: number;
}

export interface PeopleSource {
  readonly principal: (question: PrincipalQuestion) => Promise<Principal | undefined>;
  readonly issuer: (issuer: string) => Promise<TrustedIssuer | undefined>;
}

interface Verified {
  /** The question who that is, as JSON: the key of the answer. */
  readonly question: string;
  readonly expiresAtMs: number;
  readonly trustedUntilMs: number;
}

/** A signature that was good stays good; whether its key is still the issuer's is looked at again after so long. */
const TRUSTED_FOR_MS = 60_000;
const MAX_VERIFIED = 10_000;
/** Anybody can name an issuer. */
const MAX_ISSUERS_ASKED = 50;

export class People {
  readonly answers: AnswerCache<KnownPerson>;
  readonly #verifier: ReturnType<typeof createTokenVerifier>;
  readonly #now: () => number;
  /** By SHA-256 of the whole token; oldest first. */
  readonly #verified = new Map<string, Verified>();

  /** @param now milliseconds since 1970 */
  constructor(source: PeopleSource, now: () => number = Date.now) {
    this.#now = now;
    this.#verifier = createTokenVerifier({ issuerOf: fewAtOnce(source.issuer), now });
    this.answers = new AnswerCache<KnownPerson>({
      about: 'this sign-in',
      kinds: ['user', 'tenant'],
      resolve: async (question) => {
        const principal = await source.principal(JSON.parse(question) as PrincipalQuestion);
        return principal && knownPerson(question, principal);
      },
    });
  }

  /** Rejects with a 401 refusal that says what is wrong with the token, or 503 when it cannot be checked. */
  async signedIn(token: string): Promise<SignedIn> {
    const sha256 = hash('sha256', token, 'hex');
    const { question, expiresAtMs } = this.#known(sha256) ?? (await this.#verify(sha256, token));
    const person = await this.answers.lookup(question);
    if (!person) throw refuse.unauthenticated('this sign-in is over', { fix: 'sign in again' });
    return { person, tenantId: person.tenantId, expiresAtMs };
  }

  watch({ person }: SignedIn, onAnswer: OnAnswer<KnownPerson>): () => void {
    return this.answers.watch(person.key, onAnswer);
  }

  #known(sha256: string): Verified | undefined {
    const known = this.#verified.get(sha256);
    return known && known.trustedUntilMs > this.#now() ? known : undefined;
  }

  async #verify(sha256: string, text: string): Promise<Verified> {
    const token = await this.#verifier.verify(text).catch(refuseToken);
    const { expiresAtMs } = token;
    const verified: Verified = {
      question: JSON.stringify(principalQuestion(token)),
      expiresAtMs,
      trustedUntilMs: Math.min(expiresAtMs, this.#now() + TRUSTED_FOR_MS),
    };
    this.#verified.delete(sha256);
    this.#verified.set(sha256, verified);
    const oldest = this.#verified.keys().next();
    if (this.#verified.size > MAX_VERIFIED && !oldest.done) this.#verified.delete(oldest.value);
    return verified;
  }
}

function fewAtOnce(ask: PeopleSource['issuer']): PeopleSource['issuer'] {
  let underWay = 0;
  return async (issuer) => {
    if (underWay >= MAX_ISSUERS_ASKED) throw refuse.unavailable('too many callers are being checked');
    underWay += 1;
    try {
      return await ask(issuer);
    } finally {
      underWay -= 1;
    }
  };
}

function refuseToken(error: unknown): never {
  if (error instanceof TokenError) throw refuse.unauthenticated(error.message, { fix: 'sign in again' });
  if (error instanceof Refusal) throw error;
  throw refuse.unavailable('this sign-in cannot be checked right now', {
    cause: error,
    fix: 'try again soon',
  });
}

function knownPerson(question: string, { id, tenantId, permissions }: Principal): KnownPerson {
  return {
    key: question,
    subjects: [`user:${id}`, `tenant:${tenantId}`],
    expiresAtMs: Infinity,
    tenantId,
    permissions: new Set(permissions),
  };
}

// Who is behind a JSON Web Token, and what they may do. The token itself says who it is for until when; what that person
// may do comes from control-plane alone, and is forgotten when it changes.
import type { Permission } from '@obstack/contracts';
import { principalQuestion } from '@obstack/contracts/internal';
import type { Principal, PrincipalQuestion, TrustedIssuer } from '@obstack/contracts/internal';
import { createTokenVerifier, TokenError } from '@obstack/service-kit/jwt';
import { Refusal, refuse } from '../http/refusal.ts';
import { AnswerCache } from './answer-cache.ts';
import type { Known, OnAnswer } from './answer-cache.ts';
import { VerifiedTokens } from './verified-tokens.ts';

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
}

/** Anybody can name an issuer. */
const MAX_ISSUERS_ASKED = 50;

export class People {
  readonly answers: AnswerCache<KnownPerson>;
  readonly #tokens: VerifiedTokens<Verified>;

  /** @param now milliseconds since 1970 */
  constructor(source: PeopleSource, now: () => number = Date.now) {
    const verifier = createTokenVerifier({ issuerOf: fewAtOnce(source.issuer), now });
    const verify = async (text: string): Promise<Verified> => {
      const token = await verifier.verify(text).catch(refuseToken);
      return { question: JSON.stringify(principalQuestion(token)), expiresAtMs: token.expiresAtMs };
    };
    this.#tokens = new VerifiedTokens(verify, now);
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
    const { question, expiresAtMs } = await this.#tokens.read(token);
    const person = await this.answers.lookup(question);
    if (!person) throw refuse.unauthenticated('this sign-in is over', { fix: 'sign in again' });
    return { person, tenantId: person.tenantId, expiresAtMs };
  }

  watch({ person }: SignedIn, onAnswer: OnAnswer<KnownPerson>): () => void {
    return this.answers.watch(person.key, onAnswer);
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

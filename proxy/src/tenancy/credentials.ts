// Who owns an ingestion key or a query token.
import type { Credential } from '@obstack/contracts/internal';
import { AnswerCache } from './answer-cache.ts';
import type { Known } from './answer-cache.ts';

/** Its key is the SHA-256 of the whole credential. */
export type KnownCredential = Credential & Known;
export type Credentials = AnswerCache<KnownCredential>;

const SUBJECT = 'credential:';

export function createCredentials(resolve: (sha256: string) => Promise<Credential | undefined>): Credentials {
  return new AnswerCache<KnownCredential>({
    about: 'this credential',
    kinds: ['credential', 'tenant'],
    keyOf: (subject) => (subject.startsWith(SUBJECT) ? subject.slice(SUBJECT.length) : undefined),
    resolve: async (sha256) => {
      const credential = await resolve(sha256);
      return credential && knownCredential(sha256, credential);
    },
  });
}

export function knownCredential(sha256: string, credential: Credential): KnownCredential {
  return {
    ...credential,
    key: sha256,
    subjects: [SUBJECT + sha256, `tenant:${credential.tenantId}`],
    expiresAtMs: credential.expiresAt === null ? Infinity : Date.parse(credential.expiresAt),
  };
}

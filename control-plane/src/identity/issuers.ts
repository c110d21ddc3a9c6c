/** Those, besides ourselves, whose tokens we take. */
import type { PrincipalQuestion, TrustedIssuer } from '@obstack/contracts/internal';

export interface ExternalIssuers {
  /** @returns undefined when nobody here trusts it */
  find(issuer: string): Promise<TrustedIssuer | undefined>;
  /**
   * The user of ours whom a verified token of a trusted issuer stands for; the issuer may speak for users of its own
   * tenants only. One who is new to us may be looked up at the issuer: call it outside of any transaction.
   * @returns the user's id
   */
  userOf(question: PrincipalQuestion): Promise<string | undefined>;
}

export const noExternalIssuers: ExternalIssuers = {
  find: () => Promise.resolve(undefined),
  userOf: () => Promise.resolve(undefined),
};

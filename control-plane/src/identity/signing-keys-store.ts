import type { SigningKey } from '@obstack/service-kit/jwt';
import type { Executor } from '../db/connect.ts';

export interface SigningKeyRow {
  kid: string;
  public_jwk: SigningKey['publicJwk'];
  sealed_private_jwk: string;
  created_at: Date;
}

export const signingKeyStore = {
  /** Holds off every other copy that is about to make a key, until the transaction is over. */
  async lock(tx: Executor): Promise<void> {
    await tx.raw('LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE');
  },

  /** Oldest first. */
  list(tx: Executor): Promise<SigningKeyRow[]> {
    return tx<SigningKeyRow>('signing_keys').orderBy(['created_at', 'kid']);
  },

  async insert(tx: Executor, row: Omit<SigningKeyRow, 'created_at'>): Promise<void> {
    await tx('signing_keys').insert({ ...row, public_jwk: JSON.stringify(row.public_jwk) });
  },

  async remove(tx: Executor, kids: readonly string[]): Promise<void> {
    await tx('signing_keys').whereIn('kid', kids).delete();
  },
};

export type SigningKeyStore = typeof signingKeyStore;

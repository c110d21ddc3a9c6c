import type { Executor } from '../../db/connect.ts';

export interface NewOperator {
  email: string;
  passwordHash: string;
  tokenSha256: string;
}

export const operatorStore = {
  /** Holds off every other first start until the transaction is over. */
  async lock(tx: Executor): Promise<void> {
    await tx.raw('LOCK TABLE operators IN SHARE ROW EXCLUSIVE MODE');
  },

  async exists(db: Executor): Promise<boolean> {
    return (await db('operators').first('id')) !== undefined;
  },

  async insert(db: Executor, operator: NewOperator): Promise<void> {
    await db('operators').insert({
      email: operator.email,
      password_hash: operator.passwordHash,
      token_sha256: operator.tokenSha256,
    });
  },

  findByToken(db: Executor, tokenSha256: string): Promise<{ id: string; email: string } | undefined> {
    return db<{ id: string; email: string; token_sha256: string }>('operators')
      .where({ token_sha256: tokenSha256 })
      .first('id', 'email');
  },

  async passwordHash(db: Executor, id: string): Promise<string | null> {
    const row = await db<{ id: string; password_hash: string }>('operators')
      .where({ id })
      .first('password_hash');
    return row?.password_hash ?? null;
  },

  async setPasswordHash(db: Executor, id: string, hash: string): Promise<void> {
    await db('operators').where({ id }).update({ password_hash: hash });
  },
};

export type OperatorStore = typeof operatorStore;

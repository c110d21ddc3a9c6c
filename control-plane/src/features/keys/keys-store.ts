import { type CredentialKind, KeyId, type Page, type PageQuery, type Signal } from '@obstack/contracts';
import type { Executor } from '../../db/connect.ts';
import { readPage } from '../../db/pages.ts';

export interface KeyRow {
  id: string;
  tenant_id: string;
  kind: CredentialKind;
  name: string;
  sha256: string;
  signals: Signal[];
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  rotated_to: string | null;
}

export type NewKeyRow = Omit<KeyRow, 'created_at' | 'revoked_at' | 'rotated_to'>;

/** Which tenant's list of which kind; a key of another one is not found under it. */
export interface KeyScope {
  tenant_id: string;
  kind: CredentialKind;
}

export const keyStore = {
  async insert(db: Executor, row: NewKeyRow): Promise<KeyRow> {
    const [inserted] = await db<KeyRow>('credentials').insert(row).returning('*');
    if (!inserted) throw new Error('PostgreSQL inserted nothing');
    return inserted;
  },

  list(db: Executor, scope: KeyScope, page: PageQuery): Promise<Page<KeyRow>> {
    return readPage(db('credentials').where(scope), KeyId, page);
  },

  find(db: Executor, scope: KeyScope, id: string): Promise<KeyRow | undefined> {
    return db<KeyRow>('credentials')
      .where({ ...scope, id })
      .first();
  },

  /** Finds and holds the row until the transaction is over. */
  findForUpdate(tx: Executor, scope: KeyScope, id: string): Promise<KeyRow | undefined> {
    return tx<KeyRow>('credentials')
      .where({ ...scope, id })
      .forUpdate()
      .first();
  },

  /** Keeps the time of the first revocation, and touches nothing the second time. */
  async revoke(db: Executor, scope: KeyScope, id: string): Promise<void> {
    await db<KeyRow>('credentials')
      .where({ ...scope, id, revoked_at: null })
      .update({ revoked_at: db.fn.now() });
  },

  /** Names the successor and brings the end forward to `overlapSeconds` from now; never puts it off. */
  async supersede(tx: Executor, id: string, rotatedTo: string, overlapSeconds: number): Promise<void> {
    await tx('credentials')
      .where({ id })
      .update({
        rotated_to: rotatedTo,
        // LEAST leaves NULLs out, so a key that never expired gets its end here.
        expires_at: tx.raw('LEAST(expires_at, now() + make_interval(secs => ?))', [overlapSeconds]),
      });
  },

  /** The key with this hash, when it and its tenant are in force. */
  findLive(db: Executor, sha256: string): Promise<KeyRow | undefined> {
    return db<KeyRow>('credentials')
      .where({ sha256, revoked_at: null })
      .whereRaw('(expires_at IS NULL OR expires_at > now())')
      .whereExists(db('tenants').whereRaw('tenants.id = credentials.tenant_id AND tenants.is_active'))
      .first();
  },
};

export type KeyStore = typeof keyStore;

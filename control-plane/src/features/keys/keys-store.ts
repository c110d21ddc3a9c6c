import {
  type CredentialKind,
  KeyId,
  type LimitOverrides,
  type Page,
  type PageQuery,
  type Plan,
  type Signal,
} from '@obstack/contracts';
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
  limits: LimitOverrides;
  last_used_at: Date | null;
  /** The key that this one stands in for, in a test event. */
  test_of: string | null;
}

export type NewKeyRow = Omit<
  KeyRow,
  'created_at' | 'revoked_at' | 'rotated_to' | 'last_used_at' | 'test_of'
> & { test_of?: string };

export type KeyChanges = Partial<Pick<KeyRow, 'name' | 'expires_at' | 'limits'>>;

/** A key and the terms of its tenant. */
export type KeyWithTerms = KeyRow & {
  tenant_plan: Plan;
  tenant_limits: LimitOverrides;
  is_tenant_active: boolean;
  /** By the clock of the database. */
  is_expired: boolean;
  /** Of its tenant; null where there is none. */
  grafana_org_id: number | null;
  /** Whether it is what that org was given. */
  is_org_token: boolean;
};

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

  /** Without those that stand in for another in a test event. */
  list(db: Executor, scope: KeyScope, page: PageQuery): Promise<Page<KeyRow>> {
    return readPage(db('credentials').where({ ...scope, test_of: null }), KeyId, page);
  },

  find(db: Executor, scope: KeyScope, id: string): Promise<KeyRow | undefined> {
    return db<KeyRow>('credentials')
      .where({ ...scope, id, test_of: null })
      .first();
  },

  /** Finds and holds the row until the transaction is over. */
  findForUpdate(tx: Executor, scope: KeyScope, id: string): Promise<KeyRow | undefined> {
    return tx<KeyRow>('credentials')
      .where({ ...scope, id, test_of: null })
      .forUpdate()
      .first();
  },

  async update(tx: Executor, id: string, changes: KeyChanges): Promise<KeyRow> {
    const [updated] = await tx<KeyRow>('credentials').where({ id }).update(changes).returning('*');
    if (!updated) throw new Error('PostgreSQL updated nothing');
    return updated;
  },

  /** Keeps the time of the first revocation, and touches nothing the second time. */
  async revoke(db: Executor, scope: KeyScope, id: string): Promise<void> {
    await db<KeyRow>('credentials')
      .where({ ...scope, id, revoked_at: null })
      .update({ revoked_at: db.fn.now() });
  },

  /** All that a tenant has, of either kind: it leaves. */
  async revokeAll(tx: Executor, tenantId: string): Promise<void> {
    await tx<KeyRow>('credentials')
      .where({ tenant_id: tenantId, revoked_at: null })
      .update({ revoked_at: tx.fn.now() });
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

  /** Those of test events that are over, as far as the transaction sees. */
  async removeStandIns(tx: Executor): Promise<void> {
    await tx('credentials').whereNotNull('test_of').where('expires_at', '<', tx.fn.now()).delete();
  },

  /**
   * Times only ever move forward, and not beyond now: the clock of a proxy may be wrong.
   * @param used `at` in ISO 8601
   */
  async markUsed(tx: Executor, used: readonly { keyId: string; at: string }[]): Promise<void> {
    // Locked in order, so that two reports of the same keys wait for each other instead of locking each other out.
    await tx.raw(
      `WITH used AS (
         SELECT "keyId" AS id, LEAST(max(at), now()) AS at
         FROM jsonb_to_recordset(?::jsonb) AS u("keyId" char(12), at timestamptz) GROUP BY 1
       ), held AS (
         SELECT c.id, used.at FROM credentials c JOIN used ON c.id = used.id
         WHERE c.last_used_at IS NULL OR c.last_used_at < used.at
         ORDER BY c.id FOR NO KEY UPDATE OF c
       )
       UPDATE credentials SET last_used_at = held.at FROM held WHERE credentials.id = held.id`,
      [JSON.stringify(used)],
    );
  },

  /** The key with this hash, whatever its state. */
  findByHash(db: Executor, sha256: string): Promise<KeyWithTerms | undefined> {
    return db('credentials')
      .join('tenants', 'tenants.id', 'credentials.tenant_id')
      .leftJoin('grafana_orgs', 'grafana_orgs.tenant_id', 'credentials.tenant_id')
      .where({ 'credentials.sha256': sha256 })
      .first<KeyWithTerms | undefined>(
        'credentials.*',
        'tenants.plan as tenant_plan',
        'tenants.limits as tenant_limits',
        'tenants.is_active as is_tenant_active',
        'grafana_orgs.org_id as grafana_org_id',
        db.raw('COALESCE(credentials.expires_at <= now(), false) AS is_expired'),
        db.raw('COALESCE(grafana_orgs.credential_id = credentials.id, false) AS is_org_token'),
      );
  },
};

export type KeyStore = typeof keyStore;

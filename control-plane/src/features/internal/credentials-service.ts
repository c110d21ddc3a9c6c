import type { Credential } from '@obstack/contracts/internal';
import { NotFoundError } from '@obstack/service-kit/problem';
import type { Database } from '../../db/connect.ts';
import type { KeyStore } from '../keys/keys-store.ts';

/** Answers the proxy's one question: what does the credential with this hash stand for? */
export async function resolveLive(db: Database, keys: KeyStore, sha256: string): Promise<Credential> {
  const row = await db.begin('platform', (tx) => keys.findLive(tx, sha256));
  if (!row) throw new NotFoundError('No credential in force has this hash.');
  const { id, kind, tenant_id, signals, expires_at } = row;
  return { id, kind, tenantId: tenant_id, signals, expiresAt: expires_at?.toISOString() ?? null };
}

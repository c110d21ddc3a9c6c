import { limitsOf } from '@obstack/contracts';
import type { Credential } from '@obstack/contracts/internal';
import { NotFoundError } from '@obstack/service-kit/problem';
import type { Database } from '../../db/connect.ts';
import type { KeyStore, KeyWithTerms } from '../keys/keys-store.ts';
import type { RejectionStore } from '../rejections/rejections-store.ts';

export interface CredentialDeps {
  db: Database;
  keys: KeyStore;
  rejections: RejectionStore;
}

/**
 * Answers the proxy's one question: what does the credential with this hash stand for? Whoever holds the whole text of a
 * key that is over was given it once, so its tenant may read that somebody still sends it.
 */
export async function resolveLive(
  { db, keys, rejections }: CredentialDeps,
  sha256: string,
): Promise<Credential> {
  const row = await db.begin('platform', async (tx) => {
    const found = await keys.findByHash(tx, sha256);
    const over = found && overBecause(found);
    if (!over) return found;
    const at = new Date().toISOString();
    await rejections.add(tx, [
      { keyId: found.id, signal: null, status: 401, count: 1, firstAt: at, lastAt: at, ...over },
    ]);
    return undefined;
  });
  if (!row) throw new NotFoundError('No credential in force has this hash.');
  return {
    id: row.id,
    kind: row.kind,
    tenantId: row.tenant_id,
    signals: row.signals,
    expiresAt: row.expires_at?.toISOString() ?? null,
    limits: limitsOf(row.tenant_plan, row.tenant_limits),
    keyLimits: row.limits,
    grafana: row.grafana_org_id === null ? null : { orgId: row.grafana_org_id, isOrgToken: row.is_org_token },
  };
}

function overBecause(row: KeyWithTerms): { reason: string; detail: string } | undefined {
  if (!row.is_tenant_active) return { reason: 'tenant_inactive', detail: 'The tenant is not active.' };
  if (row.revoked_at) {
    return { reason: 'revoked', detail: `This key was revoked at ${row.revoked_at.toISOString()}.` };
  }
  if (!row.is_expired) return undefined;
  return { reason: 'expired', detail: `This key expired at ${row.expires_at?.toISOString() ?? ''}.` };
}

/** The life of an ingestion key or query token: made, listed, rotated, revoked. */
import {
  type CreateKey,
  type CredentialKind,
  type IssuedKey,
  type Key,
  MAX_TIMESTAMP_MS,
  type Page,
  type PageQuery,
  type RotateKey,
  SIGNALS,
} from '@obstack/contracts';
import { ConflictError, InvalidError, NotFoundError } from '@obstack/service-kit/problem';
import { actorName, type TenantContext } from '../../call/context.ts';
import type { MintedCredential } from '../../identity/mint-credential.ts';
import type { TenantStore } from '../tenants/tenants-store.ts';
import type { KeyRow, KeyStore, NewKeyRow } from './keys-store.ts';

export interface KeysService {
  create(ctx: TenantContext, input: CreateKey): Promise<IssuedKey>;
  list(ctx: TenantContext, page: PageQuery): Promise<Page<Key>>;
  get(ctx: TenantContext, keyId: string): Promise<Key>;
  /** Revoking what is revoked already is no error. */
  revoke(ctx: TenantContext, keyId: string): Promise<void>;
  /**
   * The new key does what the old one did, and lives as long as the old one was made to live.
   * @throws ConflictError when the old one is not in force any more, or has a successor already
   */
  rotate(ctx: TenantContext, keyId: string, input: RotateKey): Promise<IssuedKey>;
}

export function createKeysService(
  kind: CredentialKind,
  deps: { keys: KeyStore; tenants: TenantStore; mint: (kind: CredentialKind) => MintedCredential },
): KeysService {
  const { keys, tenants, mint } = deps;
  const scopeOf = ({ tenantId }: TenantContext) => ({ tenant_id: tenantId, kind });

  async function requireTenant(ctx: TenantContext): Promise<void> {
    if (!(await tenants.find(ctx.db, ctx.tenantId))) throw new NotFoundError('There is no such tenant.');
  }

  async function issue(
    ctx: TenantContext,
    wanted: Pick<NewKeyRow, 'name' | 'signals' | 'expires_at'>,
  ): Promise<IssuedKey> {
    const { keyId, text, sha256 } = mint(kind);
    const row = await keys.insert(ctx.db, {
      ...scopeOf(ctx),
      ...wanted,
      id: keyId,
      sha256,
      created_by: actorName(ctx.actor),
    });
    const key = present(row);
    ctx.audited({ target: { type: 'key', id: keyId }, after: key });
    return { key, secret: text };
  }

  return {
    async create(ctx, { name, signals, expiresAt }) {
      await requireTenant(ctx);
      return issue(ctx, {
        name,
        signals: SIGNALS.filter((signal) => signals.includes(signal)),
        expires_at: expiresAt === null ? null : futureDate(expiresAt),
      });
    },

    async list(ctx, page) {
      await requireTenant(ctx);
      const { items, next } = await keys.list(ctx.db, scopeOf(ctx), page);
      return { items: items.map(present), next };
    },

    async get(ctx, keyId) {
      return present(found(await keys.find(ctx.db, scopeOf(ctx), keyId)));
    },

    async revoke(ctx, keyId) {
      found(await keys.find(ctx.db, scopeOf(ctx), keyId));
      await keys.revoke(ctx.db, scopeOf(ctx), keyId);
    },

    async rotate(ctx, keyId, { overlapSeconds }) {
      const old = found(await keys.findForUpdate(ctx.db, scopeOf(ctx), keyId));
      requireRotatable(old);
      const { name, signals } = old;
      const issued = await issue(ctx, { name, signals, expires_at: sameLifetime(old) });
      await keys.supersede(ctx.db, old.id, issued.key.id, overlapSeconds);
      return issued;
    },
  };
}

function found(row: KeyRow | undefined): KeyRow {
  if (!row) throw new NotFoundError('There is no such key.');
  return row;
}

function requireRotatable(row: KeyRow): void {
  if (row.rotated_to)
    throw new ConflictError(`This key was rotated already; its successor is ${row.rotated_to}.`);
  const status = statusOf(row);
  if (status !== 'active') throw new ConflictError(`This key is ${status}; create a new one.`);
}

function sameLifetime({ created_at, expires_at }: KeyRow): Date | null {
  return (
    expires_at &&
    new Date(Math.min(Date.now() + expires_at.getTime() - created_at.getTime(), MAX_TIMESTAMP_MS))
  );
}

function futureDate(timestamp: string): Date {
  const ms = Date.parse(timestamp);
  if (ms > Date.now() && ms <= MAX_TIMESTAMP_MS) return new Date(ms);
  throw new InvalidError('The expiry lies in the past, or beyond the year 9999.', [
    { location: 'body.expiresAt', message: 'Not in the future', fix: 'Set another time, or leave it out' },
  ]);
}

function statusOf({ revoked_at, expires_at }: KeyRow): Key['status'] {
  if (revoked_at) return 'revoked';
  return expires_at && expires_at.getTime() <= Date.now() ? 'expired' : 'active';
}

function present(row: KeyRow): Key {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    kind: row.kind,
    name: row.name,
    signals: row.signals,
    status: statusOf(row),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    rotatedTo: row.rotated_to,
  };
}

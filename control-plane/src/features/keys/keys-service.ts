/** The life of an ingestion key or query token: made, listed, rotated, revoked. */
import {
  type CreateQueryToken,
  type CreateKey,
  type CredentialKind,
  type IssuedKey,
  Key,
  type LimitOverrides,
  limitsOf,
  MAX_TIMESTAMP_MS,
  type Page,
  type PageQuery,
  type RotateKey,
  SIGNALS,
  type UpdateKey,
} from '@obstack/contracts';
import { ConflictError, InvalidError, NotFoundError } from '@obstack/service-kit/problem';
import { actorName, type TenantContext } from '../../call/context.ts';
import type { MintedCredential } from '../../identity/mint-credential.ts';
import type { TenantRow, TenantStore } from '../tenants/tenants-store.ts';
import type { KeyChanges, KeyRow, KeyStore, NewKeyRow } from './keys-store.ts';

export interface KeysService {
  create(ctx: TenantContext, input: CreateQueryToken | CreateKey): Promise<IssuedKey>;
  list(ctx: TenantContext, page: PageQuery): Promise<Page<Key>>;
  get(ctx: TenantContext, keyId: string): Promise<Key>;
  /** @throws ConflictError when it is not in force any more, or a rotation has set its end already */
  update(ctx: TenantContext, keyId: string, input: UpdateKey): Promise<Key>;
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

  async function requireTenant(ctx: TenantContext): Promise<TenantRow> {
    const tenant = await tenants.find(ctx.db, ctx.tenantId);
    if (!tenant) throw new NotFoundError('There is no such tenant.');
    return tenant;
  }

  async function issue(
    ctx: TenantContext,
    wanted: Pick<NewKeyRow, 'name' | 'signals' | 'expires_at' | 'limits'>,
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
    async create(ctx, { name, signals, expiresAt, ...own }) {
      const tenant = await requireTenant(ctx);
      const limits = 'limits' in own ? own.limits : {};
      requireWithin(tenant, limits);
      return issue(ctx, {
        name,
        limits,
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

    async update(ctx, keyId, input) {
      const row = found(await keys.findForUpdate(ctx.db, scopeOf(ctx), keyId));
      const before = present(row);
      ctx.requireMatch(Key, before);
      requireActive(row);
      const changes: KeyChanges = {};
      if (input.name !== undefined) changes.name = input.name;
      if (input.limits !== undefined) {
        requireWithin(await requireTenant(ctx), input.limits);
        changes.limits = input.limits;
      }
      if (input.expiresAt !== undefined) {
        if (row.rotated_to !== null) {
          throw new ConflictError(
            `This key was rotated, which set its end; its successor is ${row.rotated_to}.`,
          );
        }
        changes.expires_at = input.expiresAt === null ? null : futureDate(input.expiresAt);
      }
      if (Object.keys(changes).length === 0) return before;
      const after = present(await keys.update(ctx.db, row.id, changes));
      ctx.audited({ before, after });
      return after;
    },

    async revoke(ctx, keyId) {
      found(await keys.find(ctx.db, scopeOf(ctx), keyId));
      await keys.revoke(ctx.db, scopeOf(ctx), keyId);
    },

    async rotate(ctx, keyId, { overlapSeconds }) {
      const old = found(await keys.findForUpdate(ctx.db, scopeOf(ctx), keyId));
      requireRotatable(old);
      const { name, signals, limits } = old;
      const issued = await issue(ctx, { name, signals, limits, expires_at: sameLifetime(old) });
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
  requireActive(row);
}

function requireActive(row: KeyRow): void {
  const status = statusOf(row);
  if (status !== 'active') throw new ConflictError(`This key is ${status}; create a new one.`);
}

/** A tenant shares out among its keys what it has; it does not give itself more. */
function requireWithin({ plan, limits }: TenantRow, wanted: LimitOverrides): void {
  const most = limitsOf(plan, limits);
  const names = (Object.keys(wanted) as (keyof LimitOverrides)[]).filter(
    (name) => (wanted[name] ?? 0) > most[name],
  );
  if (names.length === 0) return;
  throw new InvalidError(
    'A key cannot have more than its tenant.',
    names.map((name) => ({
      location: `body.limits.${name}`,
      message: `Above the tenant's limit of ${most[name]}`,
      fix: `Set at most ${most[name]}, or ask the operator to raise the tenant's limit`,
    })),
  );
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

export function statusOf({ revoked_at, expires_at }: KeyRow): Key['status'] {
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
    limits: row.limits,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}

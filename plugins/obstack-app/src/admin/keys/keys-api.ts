/** Ingestion keys and query tokens live the same life under two addresses. */
import type { CreateKey, IssuedKey, Key, Page, UpdateKey } from '@obstack/contracts';
import { controlPlane, etagOf } from '../../api/control-plane';

export const KINDS = ['ingestion', 'query'] as const;
export type Kind = (typeof KINDS)[number];

interface KeysApi {
  list: (tenantId: string, cursor: string | undefined, signal: AbortSignal) => Promise<Page<Key>>;
  get: (tenantId: string, keyId: string, signal: AbortSignal) => Promise<Key>;
  /** Only as it was read: another's change since is refused. */
  update: (read: Key, change: UpdateKey) => Promise<Key>;
  create: (tenantId: string, key: NewKey, idempotencyKey: string) => Promise<IssuedKey>;
  rotate: (tenantId: string, keyId: string, overlapSeconds: number, idempotencyKey: string) => Promise<IssuedKey>;
  revoke: (tenantId: string, keyId: string) => Promise<void>;
}

export type NewKey = Pick<CreateKey, 'name' | 'signals' | 'expiresAt' | 'limits'>;

/** Tenants have few keys, and want to see them all. */
const LIMIT = 200;

const query = (cursor: string | undefined) => ({ limit: LIMIT, ...(cursor && { cursor }) });

const paramsOf = ({ tenantId, id: keyId }: Key) => ({ tenantId, keyId });

export const KEYS_API: Readonly<Record<Kind, KeysApi>> = {
  ingestion: {
    list: (tenantId, cursor, signal) =>
      controlPlane.listIngestionKeys({ params: { tenantId }, query: query(cursor), signal }),
    get: (tenantId, keyId, signal) => controlPlane.getIngestionKey({ params: { tenantId, keyId }, signal }),
    update: (read, body) => controlPlane.updateIngestionKey({ params: paramsOf(read), body, ifMatch: etagOf(read) }),
    create: (tenantId, body, idempotencyKey) =>
      controlPlane.createIngestionKey({ params: { tenantId }, body, idempotencyKey }),
    rotate: (tenantId, keyId, overlapSeconds, idempotencyKey) =>
      controlPlane.rotateIngestionKey({ params: { tenantId, keyId }, body: { overlapSeconds }, idempotencyKey }),
    revoke: (tenantId, keyId) => controlPlane.revokeIngestionKey({ params: { tenantId, keyId } }),
  },
  query: {
    list: (tenantId, cursor, signal) =>
      controlPlane.listQueryTokens({ params: { tenantId }, query: query(cursor), signal }),
    get: (tenantId, keyId, signal) => controlPlane.getQueryToken({ params: { tenantId, keyId }, signal }),
    // It pushes nothing, so it has no limits of its own.
    update: (read, { limits: _, ...body }) =>
      controlPlane.updateQueryToken({ params: paramsOf(read), body, ifMatch: etagOf(read) }),
    create: (tenantId, { limits: _, ...body }, idempotencyKey) =>
      controlPlane.createQueryToken({ params: { tenantId }, body, idempotencyKey }),
    rotate: (tenantId, keyId, overlapSeconds, idempotencyKey) =>
      controlPlane.rotateQueryToken({ params: { tenantId, keyId }, body: { overlapSeconds }, idempotencyKey }),
    revoke: (tenantId, keyId) => controlPlane.revokeQueryToken({ params: { tenantId, keyId } }),
  },
};

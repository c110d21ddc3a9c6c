/** Ingestion keys and query tokens live the same life under two addresses. */
import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { DisplayName, IssuedKey, Key, KeyId, Signal, SIGNALS, TenantId } from '../entities.ts';
import { PageQuery, pageOf } from '../pagination.ts';

export const MAX_OVERLAP_SECONDS = 30 * 24 * 3600;

export const CreateKey = z.strictObject({
  name: DisplayName,
  /** What it may push (ingestion key) or read (query token). */
  signals: z
    .array(Signal)
    .min(1)
    .max(SIGNALS.length)
    .default([...SIGNALS]),
  /** Any offset is taken, UTC is kept; must be in the future. None: it never expires. */
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null),
});
export type CreateKey = z.infer<typeof CreateKey>;

export const RotateKey = z.strictObject({
  /** For how long the old key goes on working; 0 ends it at once. */
  overlapSeconds: z.int().min(0).max(MAX_OVERLAP_SECONDS),
});
export type RotateKey = z.infer<typeof RotateKey>;

const tenantParams = z.strictObject({ tenantId: TenantId });
const keyParams = z.strictObject({ tenantId: TenantId, keyId: KeyId });

function lifeCycle(spec: { segment: string; noun: string; id: string; tag: string }) {
  const { noun, tag } = spec;
  const path = `/api/v1/tenants/{tenantId}/${spec.segment}`;
  const reads = { tag, caller: 'actor', permission: 'keys:read' } as const;
  const writes = { tag, caller: 'actor', permission: 'keys:write' } as const;
  return {
    create: defineEndpoint({
      ...writes,
      id: `create${spec.id}`,
      method: 'POST',
      path,
      summary: `Create ${noun}; the answer is the only time its secret is shown`,
      params: tenantParams,
      request: CreateKey,
      response: IssuedKey,
      status: 201,
      problems: ['not-found'],
    }),
    list: defineEndpoint({
      ...reads,
      id: `list${spec.id}s`,
      method: 'GET',
      path,
      summary: `List the tenant's, oldest first, expired and revoked ones included`,
      params: tenantParams,
      query: PageQuery,
      response: pageOf(Key),
      status: 200,
      problems: ['not-found'],
    }),
    get: defineEndpoint({
      ...reads,
      id: `get${spec.id}`,
      method: 'GET',
      path: `${path}/{keyId}`,
      summary: `Get ${noun}, without its secret`,
      params: keyParams,
      response: Key,
      status: 200,
      problems: ['not-found'],
    }),
    revoke: defineEndpoint({
      ...writes,
      id: `revoke${spec.id}`,
      method: 'DELETE',
      path: `${path}/{keyId}`,
      summary: `Revoke ${noun}; every proxy refuses it within a second`,
      params: keyParams,
      status: 204,
      problems: ['not-found'],
    }),
    rotate: defineEndpoint({
      ...writes,
      id: `rotate${spec.id}`,
      method: 'POST',
      path: `${path}/{keyId}/rotate`,
      summary: `Replace ${noun}; the old one works until the overlap is over`,
      params: keyParams,
      request: RotateKey,
      response: IssuedKey,
      status: 201,
      problems: ['not-found', 'conflict'],
    }),
  };
}

export const ingestionKeys = lifeCycle({
  segment: 'keys',
  noun: 'an ingestion key',
  id: 'IngestionKey',
  tag: 'Ingestion keys',
});

export const queryTokens = lifeCycle({
  segment: 'query-tokens',
  noun: 'a query token',
  id: 'QueryToken',
  tag: 'Query tokens',
});

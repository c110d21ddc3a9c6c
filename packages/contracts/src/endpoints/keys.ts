/** Ingestion keys and query tokens live the same life under two addresses. */
import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { DisplayName, IssuedKey, Key, KeyId, Signal, SIGNALS, TenantId } from '../entities.ts';
import { PageQuery, pageOf } from '../pagination.ts';
import { LimitOverrides } from '../plans.ts';

export const MAX_OVERLAP_SECONDS = 30 * 24 * 3600;

const expiresAt = z.iso
  .datetime({ offset: true })
  .nullable()
  .describe('Any offset is taken, UTC is kept; must be in the future. Null: it never expires.');
/** None may be above the tenant's own. */
const limits = LimitOverrides;

export const CreateQueryToken = z.strictObject({
  name: DisplayName,
  signals: z
    .array(Signal)
    .min(1)
    .max(SIGNALS.length)
    .default([...SIGNALS])
    .describe('What it may push (ingestion key) or read (query token).'),
  expiresAt: expiresAt.default(null),
});
export type CreateQueryToken = z.infer<typeof CreateQueryToken>;

/** An ingestion key pushes, so it may have limits of its own. */
export const CreateKey = CreateQueryToken.extend({ limits: limits.default({}) });
export type CreateKey = z.infer<typeof CreateKey>;

/** What is left out stays as it is. */
export const UpdateQueryToken = z.strictObject({
  name: DisplayName.optional(),
  expiresAt: expiresAt.optional(),
});
export const UpdateKey = UpdateQueryToken.extend({
  limits: limits.optional().describe("All of them: what is not in it goes back to the tenant's."),
});
export type UpdateKey = z.infer<typeof UpdateKey>;

export const RotateKey = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(MAX_OVERLAP_SECONDS)
    .describe('For how long the old key goes on working; 0 ends it at once.'),
});
export type RotateKey = z.infer<typeof RotateKey>;

const tenantParams = z.strictObject({ tenantId: TenantId });
const keyParams = z.strictObject({ tenantId: TenantId, keyId: KeyId });

function lifeCycle<const Id extends string, Create extends z.ZodType, Update extends z.ZodType>(spec: {
  segment: string;
  noun: string;
  id: Id;
  tag: string;
  create: Create;
  update: Update;
}) {
  const { noun, tag } = spec;
  const path = `/api/v1/tenants/{tenantId}/${spec.segment}`;
  const reads = { tag, caller: 'actor', permission: 'keys:read' } as const;
  const writes = { tag, caller: 'actor', permission: 'keys:write' } as const;
  return {
    create: defineEndpoint({
      ...writes,
      id: `create${spec.id}` as const,
      method: 'POST',
      path,
      summary: `Create ${noun}; the answer is the only time its secret is shown`,
      params: tenantParams,
      request: spec.create,
      response: IssuedKey,
      status: 201,
      problems: ['not-found'],
    }),
    list: defineEndpoint({
      ...reads,
      id: `list${spec.id}s` as const,
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
      id: `get${spec.id}` as const,
      method: 'GET',
      path: `${path}/{keyId}`,
      summary: `Get ${noun}, without its secret`,
      params: keyParams,
      response: Key,
      status: 200,
      etag: true,
      problems: ['not-found'],
    }),
    update: defineEndpoint({
      ...writes,
      id: `update${spec.id}` as const,
      method: 'PATCH',
      path: `${path}/{keyId}`,
      summary: `Change ${noun} that is in force; every proxy knows within a second`,
      params: keyParams,
      request: spec.update,
      response: Key,
      status: 200,
      etag: true,
      problems: ['not-found', 'conflict'],
    }),
    revoke: defineEndpoint({
      ...writes,
      id: `revoke${spec.id}` as const,
      method: 'DELETE',
      path: `${path}/{keyId}`,
      summary: `Revoke ${noun}; every proxy refuses it within a second`,
      params: keyParams,
      status: 204,
      problems: ['not-found'],
    }),
    rotate: defineEndpoint({
      ...writes,
      id: `rotate${spec.id}` as const,
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
  create: CreateKey,
  update: UpdateKey,
});

export const queryTokens = lifeCycle({
  segment: 'query-tokens',
  noun: 'a query token',
  id: 'QueryToken',
  tag: 'Query tokens',
  create: CreateQueryToken,
  update: UpdateQueryToken,
});

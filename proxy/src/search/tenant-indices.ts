// The one way in which search asks OpenSearch: for documents of a tenant, in that tenant's own indices. Two locks, either of
// which would do alone: the indices are the tenant's by name (as control-plane's template has them), and every document
// must say that it is the tenant's.
import { checkedTenantId, TENANT_LABEL } from '../query/matcher.ts';
import { outgoingHeaders } from '../upstream/headers.ts';
import type { UpstreamRequest } from '../upstream/forward.ts';

export const SEARCH = '_search';

/** Of the body. Nothing among them names an index, another document, a script or a stored query. */
const PARTS = new Set(['query', 'size', 'sort', 'docvalue_fields', 'aggs']);

/**
 * @param given names of parts and their JSON, in turn; written by our own source, never by a caller
 * @throws for an id or a part that is none
 */
export function searchTenantIndices(
  tenantId: string,
  path: string,
  given: readonly string[],
): UpstreamRequest {
  // All ids are of one length, so the pattern of none takes in another's indices.
  const id = checkedTenantId(tenantId);
  if (path !== SEARCH) throw new Error(`${path} is not asked of OpenSearch`);
  const parts = new Map<string, unknown>();
  for (let i = 0; i < given.length; i += 2) {
    const [name = '', json = ''] = given.slice(i, i + 2);
    if (!PARTS.has(name)) throw new Error(`${name} is no part of a search`);
    parts.set(name, JSON.parse(json));
  }
  const mine = { term: { [TENANT_LABEL]: id } };
  const query = { bool: { filter: [mine, parts.get('query') ?? { match_all: {} }] } };
  return {
    method: 'POST',
    // A tenant that has no index yet has no documents.
    path: `/obstack-logs-${id}-*/${SEARCH}?ignore_unavailable=true&allow_no_indices=true&expand_wildcards=open`,
    headers: outgoingHeaders({ storageTenant: id, contentType: 'application/json' }),
    body: JSON.stringify({ track_total_hits: false, ...Object.fromEntries(parts), query }),
  };
}

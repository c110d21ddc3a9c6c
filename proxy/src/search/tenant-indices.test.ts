import { describe, expect, it } from '@jest/globals';
import { SEARCH, searchTenantIndices } from './tenant-indices.ts';

const ID = '0f6c2a9e-6d1c-4b6b-9a55-0a2f2c1d7e11';

describe('searchTenantIndices', () => {
  it("asks in the tenant's indices, for documents that are the tenant's", () => {
    const { method, path, body } = searchTenantIndices(ID, SEARCH, [
      ...['query', '{"match_all":{}}', 'size', '3'],
    ]);
    expect([method, path.split('?')[0]]).toEqual(['POST', `/obstack-logs-${ID}-*/_search`]);
    expect(JSON.parse(String(body))).toEqual({
      track_total_hits: false,
      size: 3,
      query: { bool: { filter: [{ term: { tenant_id: ID } }, { match_all: {} }] } },
    });
  });

  it.each(['*', `${ID},x`, `${ID}/_search`, '', ID.toUpperCase(), 'acme'])('asks nothing as %j', (id) => {
    expect(() => searchTenantIndices(id, SEARCH, [])).toThrow('not a lower-case UUID');
  });

  it.each(['suggest', 'indices_boost', 'pit', 'script_fields', 'highlight', '__proto__'])(
    'has no part %j',
    (part) => {
      expect(() => searchTenantIndices(ID, SEARCH, [part, '{}'])).toThrow('is no part of a search');
    },
  );

  it('asks for nothing but a search', () => {
    expect(() => searchTenantIndices(ID, '_msearch', [])).toThrow('is not asked of OpenSearch');
  });
});

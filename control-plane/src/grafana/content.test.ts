import { describe, expect, it } from '@jest/globals';
import { readDashboards, readDatasources } from './content.ts';

const values = { PROXY_URL: 'http://proxy:8080', QUERY_TOKEN: 'token-of-the-tenant' };
const datasources = await readDatasources(values);
const uids = datasources.map(({ uid }) => uid);

/** Every value of a `datasourceUid`, or of a `uid` of a reference to a datasource, at any depth. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    if (name === 'datasourceUid') return [String(item)];
    if (name === 'datasource') return [(item as { uid: string }).uid];
    return references(item);
  });
}

describe('the datasources of an org', () => {
  it('are at the addresses to which Grafana appends /api/v1, /loki/api/v1 and /api', () => {
    expect(Object.fromEntries(datasources.map(({ type, url }) => [type, url]))).toEqual({
      prometheus: 'http://proxy:8080/prometheus',
      loki: 'http://proxy:8080',
      tempo: 'http://proxy:8080/tempo',
      'obstack-datasource': 'http://proxy:8080',
    });
  });

  it("carry the tenant's query token, and carry it as a secret", () => {
    for (const { type, jsonData, secureJsonData } of datasources) {
      // Ours has routes of its own, which say where the token goes.
      const isOurs = type === 'obstack-datasource';
      if (!isOurs) expect(jsonData).toMatchObject({ httpHeaderName1: 'Authorization' });
      expect(secureJsonData).toEqual(
        isOurs ? { token: 'token-of-the-tenant' } : { httpHeaderValue1: 'Bearer token-of-the-tenant' },
      );
      expect(JSON.stringify(jsonData)).not.toContain('token-of-the-tenant');
    }
  });

  it('are asked by the server, so that no browser learns the token', () => {
    expect(new Set(datasources.map(({ access }) => access))).toEqual(new Set(['proxy']));
  });

  it('link to one another only', () => {
    const links = references(datasources);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(uids).toContain(link);
  });

  it('leave the variables of links and queries to Grafana', () => {
    const text = JSON.stringify(datasources);
    expect(text).toContain('${__value.raw}');
    expect(text).toContain('${__trace.traceId}');
    expect(text).not.toContain('$$');
  });
});

describe('the dashboards', () => {
  it('ask nothing but these datasources', async () => {
    const dashboards = await readDashboards();
    expect(dashboards.length).toBeGreaterThan(0);
    for (const dashboard of dashboards) {
      const used = references(dashboard);
      expect(used.length).toBeGreaterThan(5);
      for (const uid of used) expect(uids).toContain(uid);
    }
  });

  it('have panels with ids of their own, and name no tenant', async () => {
    for (const dashboard of await readDashboards()) {
      const ids = (dashboard['panels'] as { id: number }[]).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(JSON.stringify(dashboard)).not.toMatch(/tenant_id|acme|globex/);
    }
  });
});

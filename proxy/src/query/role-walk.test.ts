// Every query route as every role: who lacks the permission of its signal reaches no store, and whoever has it reaches the
// store as their own tenant. Walks the tables that the routes are made of, so a row that is added is walked too.
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BUILT_IN_ROLES, READ_SIGNAL, SIGNALS, TENANT_PERMISSIONS } from '@obstack/contracts';
import type { Permission } from '@obstack/contracts';
import { fakeGrafanaSigner } from '@obstack/service-kit/testing';
import { WebSocket, WebSocketServer } from 'ws';
import { OTHER_TENANT, startTestProxy, TENANT } from '../../test/query/testing.ts';
import type { TestProxy } from '../../test/query/testing.ts';
import type { Endpoint, QueryTable } from './endpoint.ts';
import type { Language } from './enforcers.ts';
import { LOKI } from './loki.ts';
import { PROMETHEUS } from './prometheus.ts';
import { TEMPO } from './tempo.ts';

const QUERIES: Record<Language, string> = {
  promql: 'up',
  promqlSelector: 'up',
  logql: '{a="b"}',
  logqlSelector: '{a="b"}',
  traceql: '{ span.a = "b" }',
  traceqlTagFilter: '{ span.a = "b" }',
};
const SEGMENTS: Record<string, string> = { name: 'job', tag: 'span.a', traceId: 'abc' };

const without = (denied: Permission): Permission[] =>
  TENANT_PERMISSIONS.filter((permission) => permission !== denied);

/** Built-in roles, and custom ones that leave one thing out or hold one thing only. */
const ROLES: Record<string, readonly Permission[]> = {
  ...BUILT_IN_ROLES,
  nothing: [],
  ...Object.fromEntries(
    SIGNALS.flatMap((signal) => [
      [`all but ${signal}`, without(READ_SIGNAL[signal])],
      [`${signal} only`, [READ_SIGNAL[signal]]],
    ]),
  ),
};

const ROUTES = [PROMETHEUS, LOKI, TEMPO].flatMap((table) =>
  table.endpoints.flatMap((endpoint) =>
    endpoint.methods.map((method) => ({
      name: `${method} ${table.prefix}${endpoint.path}`,
      method,
      target: targetOf(table, endpoint),
      needed: READ_SIGNAL[table.signal],
    })),
  ),
);

function targetOf({ prefix }: QueryTable, { path, params }: Endpoint): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => SEGMENTS[name] ?? '');
  // One name is enough where a store knows a query by several.
  const [name, rule] = Object.entries(params).find(([, { kind }]) => kind === 'query') ?? [];
  const search = rule?.kind === 'query' ? `?${name}=${encodeURIComponent(QUERIES[rule.language])}` : '';
  return prefix + filled + search;
}

const QUERY = `?query=${encodeURIComponent('{a="b"}')}`;

const ORG = 2;
const OTHER_ORG = 3;
const grafana = fakeGrafanaSigner('http://grafana.test/');

let proxy: TestProxy;
beforeAll(async () => {
  proxy = await startTestProxy({ grafana });
  proxy.regrant(proxy.token, { grafana: { orgId: ORG, isOrgToken: true } });
});
afterAll(() => proxy.close());
beforeEach(() => {
  proxy.recorded.length = 0;
});

const ask = (method: string, target: string, token: string, statement?: string) => {
  const [path = '', form = ''] = target.split('?');
  const authorization = ['authorization', `Bearer ${token}`];
  if (statement !== undefined) authorization.push('x-grafana-id', statement);
  return method === 'GET'
    ? proxy.ask(target, { headers: authorization })
    : proxy.ask(path, {
        method,
        headers: [...authorization, 'content-type', 'application/x-www-form-urlencoded'],
        body: form,
      });
};

describe.each(Object.entries(ROLES))('the role %s', (_role, permissions) => {
  it.each(ROUTES)('$name', async ({ method, target, needed }) => {
    for (const tenantId of [TENANT, OTHER_TENANT]) {
      proxy.recorded.length = 0;
      const { status, text } = await ask(method, target, await proxy.signIn({ permissions, tenantId }));
      if (permissions.includes(needed)) {
        // The store knows no trace.
        expect({ target, text, status }).toEqual({
          target,
          text,
          status: target.includes('/traces/') ? 404 : 200,
        });
        for (const { headers } of proxy.recorded) expect(headers['x-scope-orgid']).toBe(tenantId);
      } else {
        expect({ target, status }).toEqual({ target, status: 403 });
        expect(text).toContain(`needs the permission ${needed}`);
        expect(proxy.recorded).toEqual([]);
      }
    }
  });

  it('GET /loki/api/v1/tail', async () => {
    const loki = new WebSocketServer({ server: proxy.upstream });
    const token = await proxy.signIn({ permissions });
    const client = new WebSocket(`${proxy.url.replace('http', 'ws')}/loki/api/v1/tail${QUERY}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const outcome = await Promise.race([
      once(client, 'open').then(() => 'open'),
      once(client, 'unexpected-response').then(([, reply]) => (reply as { statusCode: number }).statusCode),
    ]);
    expect(outcome).toBe(permissions.includes('logs:read') ? 'open' : 403);
    client.on('error', () => undefined).terminate();
    loki.close();
  });
});

describe.each(['Viewer', 'Editor', 'Admin', 'None'] as const)('somebody in Grafana, as %s', (role) => {
  it.each(ROUTES)('$name', async ({ method, target }) => {
    const reads = role !== 'None';
    for (const orgId of [ORG, OTHER_ORG]) {
      proxy.recorded.length = 0;
      const { status } = await ask(method, target, proxy.token, grafana.token({ orgId, role }));
      if (reads && orgId === ORG) {
        expect({ target, status }).toEqual({ target, status: target.includes('/traces/') ? 404 : 200 });
        for (const { headers } of proxy.recorded) expect(headers['x-scope-orgid']).toBe(TENANT);
      } else {
        expect({ target, status }).toEqual({ target, status: 403 });
        expect(proxy.recorded).toEqual([]);
      }
    }
  });
});

it('walks a fair number of routes', () => {
  expect(ROUTES.length).toBeGreaterThan(40);
});

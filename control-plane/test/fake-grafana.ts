/**
 * As much of Grafana's API as tenants need, with its memory laid open. It answers as Grafana 12.3 does, which
 * grafana.real.test.ts checks against a real one where there is one.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Datasource {
  uid: string;
  url: string;
  secureJsonData?: Record<string, string>;
}

export interface FakeOrg {
  id: number;
  name: string;
  address: { address1: string };
  datasources: Datasource[];
  dashboards: { uid: string }[];
  preferences: Record<string, unknown>;
  app: Record<string, unknown> | null;
}

export interface FakeGrafana {
  url: string;
  orgs: FakeOrg[];
  /** Whether obstack-app is installed. */
  hasApp: boolean;
  close(): Promise<void>;
}

export async function startFakeGrafana(): Promise<FakeGrafana> {
  const orgs: FakeOrg[] = [];
  const state = { orgs, hasApp: false };
  let lastId = 1;

  function answer(
    method: string,
    path: string,
    orgId: number,
    body: Record<string, unknown>,
  ): [number, unknown] {
    const [, id = '', rest = ''] = /^\/api\/orgs\/(\d+)(.*)$/.exec(path) ?? [];
    const byId = orgs.find((org) => org.id === Number(id));
    const current = orgs.find((org) => org.id === orgId);
    const route = `${method} ${path.replace(/^\/api\/orgs\/\d+/, '/api/orgs/:id').replace(/\/(name|uid)\/.*/, '/$1/:x')}`;
    const last = decodeURIComponent(path.split('/').at(-1) ?? '');
    const shown = (org: FakeOrg | undefined): [number, unknown] =>
      org
        ? [200, { id: org.id, name: org.name, address: org.address }]
        : [404, { message: 'Organization not found' }];
    const taken = (name: unknown, except?: FakeOrg) =>
      orgs.some((org) => org !== except && org.name === name);
    switch (route) {
      case 'GET /api/orgs':
        return [200, orgs.map((org) => ({ id: org.id, name: org.name }))];
      case 'GET /api/orgs/:id':
        return shown(byId);
      case 'GET /api/orgs/name/:x':
        return shown(orgs.find((org) => org.name === last));
      case 'POST /api/orgs': {
        if (taken(body['name'])) return [409, { message: 'Organization name taken' }];
        const org = {
          id: ++lastId,
          name: String(body['name']),
          address: { address1: '' },
          datasources: [],
          dashboards: [],
          preferences: {},
          app: null,
        };
        orgs.push(org);
        return [200, { orgId: org.id, message: 'Organization created' }];
      }
      case 'PUT /api/orgs/:id':
        if (!byId) return [404, {}];
        if (taken(body['name'], byId)) return [400, { message: 'Organization name taken' }];
        byId.name = String(body['name']);
        return [200, { message: 'Organization updated' }];
      case 'DELETE /api/orgs/:id':
        if (!byId) return [404, {}];
        orgs.splice(orgs.indexOf(byId), 1);
        return [200, { message: 'Organization deleted' }];
    }
    if (rest === '/address' && byId && method === 'PUT') {
      byId.address = { address1: String(body['address1']) };
      return [200, { message: 'Address updated' }];
    }
    if (!current) return [401, { message: 'not a member' }];
    switch (route) {
      case 'GET /api/datasources/uid/:x': {
        const datasource = current.datasources.find(({ uid }) => uid === last);
        return datasource ? [200, datasource] : [404, {}];
      }
      case 'POST /api/datasources':
        if (current.datasources.some(({ uid }) => uid === body['uid'])) return [409, {}];
        current.datasources.push(body as unknown as Datasource);
        return [200, {}];
      case 'PUT /api/datasources/uid/:x':
        current.datasources = current.datasources.map((old) =>
          old.uid === last ? (body as unknown as Datasource) : old,
        );
        return [200, {}];
      case 'POST /api/dashboards/db': {
        const dashboard = body['dashboard'] as { uid: string };
        current.dashboards = [...current.dashboards.filter(({ uid }) => uid !== dashboard.uid), dashboard];
        return [200, {}];
      }
      case 'PATCH /api/org/preferences':
        current.preferences = body;
        return [200, {}];
      case 'GET /api/plugins/obstack-app/settings':
        return state.hasApp ? [200, {}] : [404, {}];
      case 'POST /api/plugins/obstack-app/settings':
        current.app = body;
        return [200, {}];
    }
    return [404, { message: `the fake Grafana has no ${route}` }];
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await text(request);
    const [status, body] = request.headers.authorization?.startsWith('Basic ')
      ? answer(
          request.method ?? '',
          request.url ?? '',
          Number(request.headers['x-grafana-org-id'] ?? 0),
          sent ? (JSON.parse(sent) as Record<string, unknown>) : {},
        )
      : [401, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  const server = createServer((request, response) => void handle(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}

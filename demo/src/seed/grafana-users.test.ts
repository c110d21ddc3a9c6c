/** With as much of Grafana's API as people need; e2e tests sign in to a real one with what comes of it. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureGrafanaOperator, ensureGrafanaPeople, type GrafanaAdmin } from './grafana-users.ts';

interface User {
  id: number;
  login: string;
  password: string;
  /** Org → role. */
  orgs: Map<number, string>;
}

const ORGS = [
  { id: 1, address: { address1: '' } },
  { id: 4, address: { address1: 'tenant-a' } },
  { id: 5, address: { address1: 'tenant-b' } },
];

let server: Server;
let grafana: GrafanaAdmin;
let users: User[];
let app: { org: string | undefined; settings: unknown } | undefined;
beforeEach(async () => {
  users = [];
  server = createServer((request, response) => {
    void text(request).then((sent) => {
      const body = (sent ? JSON.parse(sent) : {}) as Record<string, string>;
      if (request.url === '/api/plugins/obstack-app/settings') {
        app = { org: request.headersDistinct['x-grafana-org-id']?.[0], settings: body };
        return void response.end('{}');
      }
      const [status, answer] = answerTo(`${request.method} ${request.url}`, body);
      response.writeHead(status).end(JSON.stringify(answer));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  grafana = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, password: 'admin' };
});
afterEach(() => void server.close());

function answerTo(asked: string, body: Record<string, string>): [number, unknown] {
  if (asked.startsWith('GET /api/orgs?')) return [200, ORGS];
  const [, orgId] = /^\w+ \/api\/orgs\/(\d+)/.exec(asked) ?? [];
  const [, userId] = /users\/(\d+)/.exec(asked) ?? [];
  const user = users.find(({ id, login }) => id === Number(userId) || login === body['loginOrEmail']);
  if (/^GET \/api\/orgs\/\d+$/.test(asked)) return [200, ORGS.find(({ id }) => id === Number(orgId))];
  if (asked.startsWith('GET /api/users/lookup')) {
    const known = users.find(({ login }) => asked.endsWith(`=${login}`));
    return known ? [200, { id: known.id }] : [404, {}];
  }
  if (asked === 'POST /api/admin/users') {
    const { login = '', password = '', OrgId } = body;
    users.push({ id: users.length + 10, login, password, orgs: new Map([[Number(OrgId), 'Viewer']]) });
    return [200, { id: users.at(-1)?.id }];
  }
  if (asked.endsWith('/password') && user) {
    user.password = body['password'] ?? '';
    return [200, {}];
  }
  if (asked.startsWith('PATCH /api/orgs/') && user) {
    user.orgs.set(Number(orgId), body['role'] ?? '');
    return [200, {}];
  }
  if (asked.startsWith('POST /api/orgs/') && user) {
    if (user.orgs.has(Number(orgId))) return [409, {}];
    user.orgs.set(Number(orgId), 'Viewer');
    return [200, {}];
  }
  return [500, asked];
}

const acme = { id: 'tenant-a' as never, name: 'acme' };

describe('people of a demo tenant in Grafana', () => {
  it('are one for each role, in the org of the tenant and in no other', async () => {
    const people = await ensureGrafanaPeople(grafana, acme, null);
    expect(people.orgId).toBe(4);
    expect(users.map(({ login, orgs }) => [login, [...orgs]])).toEqual([
      ['acme-viewer', [[4, 'Viewer']]],
      ['acme-editor', [[4, 'Editor']]],
      ['acme-admin', [[4, 'Admin']]],
    ]);
    const passwords = users.map(({ password }) => password);
    expect([people.viewer, people.editor, people.admin].map(({ password }) => password)).toEqual(passwords);
    expect(new Set(passwords).size).toBe(3);
    for (const password of passwords) expect(password.length).toBeGreaterThan(20);
  });

  it('keep their passwords, and get the ones on file when they have others', async () => {
    const people = await ensureGrafanaPeople(grafana, acme, null);
    expect(await ensureGrafanaPeople(grafana, acme, people)).toEqual(people);
    expect(users).toHaveLength(3);
    const lost = await ensureGrafanaPeople(grafana, acme, null);
    expect(lost.admin.password).not.toBe(people.admin.password);
    expect(users[2]?.password).toBe(lost.admin.password);
  });

  it('cannot be made without an org, which is said', async () => {
    await expect(ensureGrafanaPeople(grafana, { ...acme, id: 'tenant-c' }, null)).rejects.toThrow(
      'Grafana has no org of tenant tenant-c',
    );
  });
});

it('gives the operator’s token to the org of Grafana’s administrator', async () => {
  await ensureGrafanaOperator(grafana, { controlPlaneUrl: 'http://cp', token: 'obo_1' });
  expect(app).toEqual({
    org: '1',
    settings: {
      enabled: true,
      pinned: true,
      jsonData: { controlPlaneUrl: 'http://cp' },
      secureJsonData: { token: 'obo_1' },
    },
  });
});

// What Grafana says of who asks, at a query route. What of it is believed at all is service-kit's grafana-id.test.ts.
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fakeGrafanaSigner } from '@obstack/service-kit/testing';
import type { Forgery, Somebody } from '@obstack/service-kit/testing';
import { WebSocket, WebSocketServer } from 'ws';
import { credentialOf, OTHER_TENANT, startTestProxy, TENANT } from '../../test/query/testing.ts';
import type { TestProxy } from '../../test/query/testing.ts';

const LABELS = '/prometheus/api/v1/labels';
const ORG = 2;
const OTHER_ORG = 3;
const grafana = fakeGrafanaSigner('http://grafana.test/');
/** Of the tenant too, but not the one that its org was given. */
const handMade = credentialOf('query-token', 'handmade');

let proxy: TestProxy;
beforeAll(async () => {
  const credential = { id: 'HandMade0000', kind: 'query-token', tenantId: TENANT, expiresAt: null } as const;
  const signals = ['logs', 'metrics', 'traces'] as const;
  proxy = await startTestProxy({
    grafana,
    credentials: { [handMade]: { ...credential, signals: [...signals] } },
  });
  proxy.regrant(handMade, { grafana: { orgId: ORG, isOrgToken: false } });
});
afterAll(() => proxy.close());
beforeEach(() => {
  proxy.recorded.length = 0;
  proxy.regrant(proxy.token, { grafana: { orgId: ORG, isOrgToken: true } });
  proxy.regrant(proxy.otherToken, { grafana: { orgId: OTHER_ORG, isOrgToken: true } });
});

async function ask(statement: string | undefined, token = proxy.token, target = LABELS) {
  const said = statement === undefined ? [] : ['X-Grafana-Id', statement];
  const answer = await proxy.ask(target, { headers: ['authorization', `Bearer ${token}`, ...said] });
  return { status: answer.status, text: answer.text, reached: proxy.recorded.length };
}
const saying = (somebody: Partial<Somebody> = {}, forgery: Forgery = {}) =>
  grafana.token({ orgId: ORG, ...somebody }, forgery);
const elsewhere = fakeGrafanaSigner('http://elsewhere.test/');

describe('somebody in the org of the token', () => {
  it.each(['Viewer', 'Editor', 'Admin'] as const)('reads as %s, as the tenant', async (role) => {
    expect(await ask(saying({ role }))).toMatchObject({ status: 200, reached: 1 });
    expect(proxy.recorded[0]?.headers['x-scope-orgid']).toBe(TENANT);
    // What is said once is remembered.
    expect(await ask(saying({ role }))).toMatchObject({ status: 200, reached: 2 });
  });

  it('reads nothing without a role, and does so from the moment the role is gone', async () => {
    expect(await ask(saying({ role: 'Admin' }))).toMatchObject({ status: 200 });
    const { status, text } = await ask(saying({ role: 'None' }));
    expect({ status, reached: proxy.recorded.length }).toEqual({ status: 403, reached: 1 });
    expect(text).toContain('metrics:read');
  });

  it('reads with another token of the tenant as well', async () => {
    expect(await ask(saying(), handMade)).toMatchObject({ status: 200 });
    expect(await ask(saying({ role: 'None' }), handMade)).toMatchObject({ status: 403 });
  });

  it('reads no more than the token', async () => {
    proxy.regrant(proxy.token, { signals: ['logs'] });
    expect(await ask(saying({ role: 'Admin' }))).toMatchObject({ status: 403, reached: 0 });
    proxy.regrant(proxy.token, { signals: ['logs', 'metrics', 'traces'] });
  });

  it('is not looked for where nobody is behind a request, as in alert evaluation', async () => {
    expect(await ask(undefined)).toMatchObject({ status: 200, reached: 1 });
  });

  it('sends no statement on to a store', async () => {
    await ask(saying());
    expect(proxy.recorded[0]?.headers).not.toHaveProperty('x-grafana-id');
  });
});

describe('refused with 403, and without a word to the store, is', () => {
  it.each<[string, () => string, RegExp]>([
    ['somebody of another org', () => saying({ orgId: OTHER_ORG }), /not that of the Grafana org 3/],
    ['an admin of the first org', () => saying({ orgId: 1, role: 'Admin' }), /not that of the Grafana org 1/],
    ['a forged signature', () => `${saying().slice(0, -6)}AAAAAA`, /signature is not valid/],
    ['no signature', () => saying({}, { header: { alg: 'none' } }), /not signed/],
    ['what has expired', () => saying({}, { nowMs: Date.now() - 700_000 }), /has expired/],
    ['another Grafana', () => elsewhere.token({ orgId: ORG }), /signed by http:\/\/elsewhere.test, not/],
    ['what is no token', () => 'admin', /not a JSON Web Token/],
    ['nothing at all', () => '', /not a JSON Web Token/],
    ['two at once', () => `${saying()}, ${saying()}`, /not/],
  ])('%s', async (_, statement, reason) => {
    const { status, text, reached } = await ask(statement());
    expect({ status, reached }).toEqual({ status: 403, reached: 0 });
    expect(text).toMatch(reason);
  });

  it('the token of another tenant, whichever org its sender is in', async () => {
    expect(await ask(saying(), proxy.otherToken)).toMatchObject({ status: 403, reached: 0 });
    expect(await ask(saying({ orgId: OTHER_ORG }), proxy.otherToken)).toMatchObject({ status: 200 });
    expect(proxy.recorded[0]?.headers['x-scope-orgid']).toBe(OTHER_TENANT);
  });

  it('a tenant without an org', async () => {
    proxy.regrant(proxy.token, { grafana: null });
    expect(await ask(saying())).toMatchObject({ status: 403, reached: 0 });
  });
});

describe('another Grafana, to which somebody gave a query token', () => {
  it('says nothing that counts: the token decides alone', async () => {
    const statement = elsewhere.token({ orgId: 99, role: 'None' });
    expect(await ask(statement, handMade)).toMatchObject({ status: 200, reached: 1 });
  });

  it('gets nowhere under the name of ours', async () => {
    const pretender = fakeGrafanaSigner(grafana.issuer);
    expect(await ask(pretender.token({ orgId: ORG }), handMade)).toMatchObject({ status: 403, reached: 0 });
  });
});

it('a search is refused alike', async () => {
  const now = new Date();
  const answer = await proxy.ask('/api/v1/search', {
    method: 'POST',
    headers: ['content-type', 'application/json', 'x-grafana-id', saying({ orgId: OTHER_ORG })],
    body: JSON.stringify({ query: '', from: new Date(+now - 60_000).toISOString(), to: now.toISOString() }),
  });
  expect([answer.status, proxy.recorded.length]).toEqual([403, 0]);
});

it('503, and not a guess, where Grafana’s keys cannot be had', async () => {
  const alone = await startTestProxy({ grafana: () => Promise.reject(new Error('control-plane is away')) });
  alone.regrant(alone.token, { grafana: { orgId: ORG, isOrgToken: true } });
  const { status } = await alone.ask(LABELS, { headers: ['x-grafana-id', saying()] });
  expect(status).toBe(503);
  expect(alone.recorded).toEqual([]);
  await alone.close();
});

describe('a tail', () => {
  let loki: WebSocketServer;
  beforeAll(() => {
    loki = new WebSocketServer({ server: proxy.upstream });
  });
  afterAll(() => loki.close());

  async function tail(statement: string) {
    const client = new WebSocket(
      `${proxy.url.replace('http', 'ws')}/loki/api/v1/tail?query=${encodeURIComponent('{a="b"}')}`,
      { headers: { authorization: `Bearer ${proxy.token}`, 'x-grafana-id': statement } },
    );
    const closed = once(client, 'close').then(([code, reason]: unknown[]) => [code, String(reason)]);
    await once(client, 'open');
    return { closed };
  }

  it('ends with what Grafana says of who reads', async () => {
    const exp = Math.ceil(Date.now() / 1000) + 1;
    const { closed } = await tail(saying({}, { claims: { exp } }));
    expect(await closed).toEqual([1008, 'the credential has expired']);
  });

  it('ends when the tenant gets another org', async () => {
    const { closed } = await tail(saying());
    proxy.regrant(proxy.token, { grafana: { orgId: 7, isOrgToken: true } });
    expect(await closed).toEqual([1008, 'the Grafana org is no longer that of the tenant']);
  });
});

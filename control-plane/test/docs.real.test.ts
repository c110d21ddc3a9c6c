/** The documentation as it is served. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestControlPlane, type TestControlPlane } from './control-plane.ts';
import { startTestPostgres, type TestPostgres } from './database.ts';

let postgres: TestPostgres;
let cp: TestControlPlane;

beforeAll(async () => {
  postgres = await startTestPostgres();
  cp = await startTestControlPlane(await postgres.migratedDatabase());
});
afterAll(async () => {
  await cp.close();
  await postgres.stop();
});

const get = (path: string, headers = {}) => cp.request<string>('GET', path, { token: null, headers });

describe('the documentation', () => {
  it('has the document for anyone, and says when it has not changed', async () => {
    const { status, headers, body } = await cp.request('GET', '/api/v1/openapi.json', { token: null });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(body).toMatchObject({ openapi: '3.1.0', info: { title: 'Obstack API' } });
    expect(await get('/api/v1/openapi.json', { 'if-none-match': headers.get('etag') })).toMatchObject({
      status: 304,
      body: '',
    });
  });

  it('has a page that loads nothing from elsewhere, by policy and in fact', async () => {
    const { status, headers, body } = await get('/api/docs');
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const addresses = Array.from(
      body.matchAll(/(?:src|href|spec-url)="([^"]+)"/g),
      ([, address]) => address!,
    );
    expect(addresses).toEqual([
      'data:,',
      'docs/docs.css',
      'v1/openapi.json',
      'v1/openapi.json',
      'docs/redoc.js',
    ]);
    for (const address of addresses.slice(1)) {
      const { pathname } = new URL(address, `${cp.url}/api/docs`);
      expect((await fetch(cp.url + pathname)).status).toBe(200);
    }
  });

  it('has Redoc itself, from its package', async () => {
    const { headers, body } = await get('/api/docs/redoc.js');
    expect(headers.get('content-type')).toMatch(/javascript/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(body.slice(0, 200)).toMatch(/redoc/i);
  });
});

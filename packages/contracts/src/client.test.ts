import { describe, expect, it } from '@jest/globals';
import { ApiError, createClient, etagOf, paginate } from './client.ts';
import { publicEndpoints } from './endpoints/index.ts';
import type { Tenant } from './entities.ts';
import { problemType } from './problem.ts';

const tenant = (n: number): Tenant => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  name: `tenant ${n}`,
  plan: 'saas',
  state: 'ready',
  isActive: true,
  features: {},
  limits: {},
  namespaces: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});

/** A client whose server gives these answers in turn, and what it was asked. */
function clientOf(...answers: Response[]) {
  const asked: { url: string; method: string; headers: Record<string, string>; body: unknown }[] = [];
  const api = createClient({
    baseUrl: 'http://api.test/',
    token: 'obo_x',
    fetch: (url, init = {}) => {
      asked.push({
        url: url as string,
        method: init.method ?? '',
        headers: Object.fromEntries(new Headers(init.headers)),
        body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      });
      return Promise.resolve(answers.shift() ?? Response.error());
    },
  });
  return { api, asked };
}

describe('the client', () => {
  it('has a method for each endpoint but those that send a browser elsewhere', () => {
    const { api } = clientOf();
    const ids = publicEndpoints.filter(({ status }) => status !== 302).map(({ id }) => id);
    expect(Object.keys(api).sort()).toEqual(ids.sort());
  });

  it('puts each part of the input in its place', async () => {
    const { api, asked } = clientOf(Response.json({ key: {}, secret: '' }), Response.json(tenant(1)));
    const params = { tenantId: 'a/b' };
    await api
      .createIngestionKey({ params, body: { name: 'agent' }, idempotencyKey: 'k1' })
      .catch(() => undefined);
    await api.listIngestionKeys({ params, query: { limit: 2 } }).catch(() => undefined);
    expect(asked).toMatchObject([
      {
        url: 'http://api.test/api/v1/tenants/a%2Fb/keys',
        method: 'POST',
        headers: {
          authorization: 'Bearer obo_x',
          'content-type': 'application/json',
          'idempotency-key': 'k1',
        },
        body: { name: 'agent' },
      },
      { url: 'http://api.test/api/v1/tenants/a%2Fb/keys?limit=2', method: 'GET', body: undefined },
    ]);
    expect(asked[1]?.headers).toEqual({ authorization: 'Bearer obo_x' });
  });

  it('gives the answer and its ETag, which goes back as If-Match', async () => {
    const headers = { etag: '"v1"' };
    const { api, asked } = clientOf(Response.json(tenant(1), { headers }), Response.json(tenant(1)));
    const params = { tenantId: tenant(1).id };
    const answer = await api.getTenant({ params });
    expect(answer).toEqual(tenant(1));
    await api.updateTenant({ params, body: { name: 'new' }, ifMatch: etagOf(answer) });
    expect(asked[1]?.headers['if-match']).toBe('"v1"');
  });

  it('walks a list to its end', async () => {
    const { api, asked } = clientOf(
      Response.json({ items: [tenant(1), tenant(2)], next: 'c1' }),
      Response.json({ items: [tenant(3)], next: null }),
    );
    const names: string[] = [];
    for await (const { name } of paginate(api.listTenants, { query: { limit: 2 } })) names.push(name);
    expect(names).toEqual(['tenant 1', 'tenant 2', 'tenant 3']);
    expect(asked.map(({ url }) => url.split('?')[1])).toEqual(['limit=2', 'limit=2&cursor=c1']);
  });

  it('reads lines as they come, wherever the chunks end', async () => {
    const event = (n: number) => ({
      id: tenant(n).id,
      time: '2026-01-01T00:00:00.000Z',
      tenantId: null,
      actor: { type: 'user', id: `${n}`, name: 'ä', ip: null, userAgent: null },
      action: 'x',
      target: { type: 't', id: null },
      outcome: 'success',
      reason: null,
      requestId: 'r',
      diff: null,
    });
    const bytes = new TextEncoder().encode([1, 2, 3].map((n) => `${JSON.stringify(event(n))}\n`).join(''));
    const chunked = (size: number, end = bytes.length) =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (let at = 0; at < end; at += size)
              controller.enqueue(bytes.slice(at, Math.min(end, at + size)));
            controller.close();
          },
        }),
      );
    const params = { tenantId: tenant(1).id };
    for (const size of [1, 7, 10_000]) {
      const { api } = clientOf(chunked(size));
      const ids = await Array.fromAsync(api.exportAuditEvents({ params }), ({ actor }) => actor.id);
      expect(ids).toEqual(['1', '2', '3']);
    }
    const { api } = clientOf(chunked(50, bytes.length - 5));
    await expect(Array.fromAsync(api.exportAuditEvents({ params }))).rejects.toThrow('broke off');
  });

  it('throws what the API said', async () => {
    const errors = [{ location: 'body.name', message: 'Taken', fix: 'Choose another' }];
    const { api } = clientOf(
      Response.json(
        {
          type: problemType('conflict'),
          title: 'x',
          status: 409,
          detail: 'Another tenant has this name.',
          requestId: 'r1',
          errors,
        },
        { status: 409 },
      ),
      new Response('<html>', { status: 502 }),
      new Response('<html>'),
    );
    const said = await api.createTenant({ body: { name: 'x' } }).catch((error: unknown) => error);
    expect(said).toBeInstanceOf(ApiError);
    expect(said).toMatchObject({
      status: 409,
      code: 'conflict',
      message: 'Another tenant has this name.',
      requestId: 'r1',
      errors,
    });
    const stranger = 'Something that is not this API answered';
    await expect(api.getHealth()).rejects.toMatchObject({
      status: 502,
      code: undefined,
      message: `${stranger} 502.`,
    });
    await expect(api.getHealth()).rejects.toThrow(`${stranger} 200.`);
  });
});

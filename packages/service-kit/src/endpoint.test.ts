import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineEndpoint } from '@obstack/contracts';
import { Problem } from '@obstack/contracts/problem';
import { z } from 'zod';
import { createEndpointRouter } from './endpoint.ts';
import { createHttpApp } from './http-app.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { ConflictError, UnauthenticatedError } from './problem.ts';

const shared = { tag: 'Things', caller: 'actor', permission: 'signed-in', problems: [] } as const;
const makeThing = defineEndpoint({
  ...shared,
  id: 'makeThing',
  method: 'POST',
  path: '/things/{size}',
  summary: 'Make a thing',
  params: z.strictObject({ size: z.enum(['small', 'large']) }),
  query: z.strictObject({ copies: z.coerce.number().int().max(3).default(1) }),
  request: z.strictObject({
    name: z.string().min(1).max(8),
    options: z.strictObject({ colour: z.string() }).optional(),
  }),
  response: z.object({ name: z.string(), copies: z.number() }),
  status: 201,
});
const dropThing = defineEndpoint({
  ...shared,
  id: 'dropThing',
  method: 'DELETE',
  path: '/things/{size}',
  summary: 'Drop a thing',
  params: makeThing.params,
  status: 204,
});
const breakThing = defineEndpoint({
  ...shared,
  id: 'breakThing',
  method: 'GET',
  path: '/break',
  summary: '',
  status: 204,
});

const logs: string[] = [];
let server: Server;
let url: string;

beforeAll(async () => {
  const api = createEndpointRouter({
    caller: 'actor',
    admit: ({ headers }) => {
      if (headers.authorization !== 'Bearer me') throw new UnauthenticatedError('Say who you are.');
      return { me: true };
    },
    bodyLimit: 100,
  });
  api.mount(makeThing, (_ctx, { body, query }) => {
    if (body.name === 'taken') throw new ConflictError('There is one.');
    // More than the response names, as a row of a database would be.
    return { name: body.name, copies: query.copies, hash: 'internal' };
  });
  api.mount(dropThing, () => undefined);
  api.mount(breakThing, () => {
    throw new Error('password of the database: hunter2');
  });
  const app = createHttpApp({
    logger: createLogger({ name: 'test', destination: { write: (line) => void logs.push(line) } }),
    metrics: createMetrics({ process: false }),
    routers: [api.router()],
  });
  server = createServer(app);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

async function send(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const response = await fetch(url + path, {
    method,
    body: body ?? null,
    headers: {
      authorization: 'Bearer me',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: () => JSON.parse(text) as unknown,
  };
}

/** The answer as a problem; fails when it is none. */
async function problem(...args: Parameters<typeof send>) {
  const { status, headers, json } = await send(...args);
  expect(headers.get('content-type')).toBe('application/problem+json');
  const body = Problem.parse(json());
  expect(body.status).toBe(status);
  expect(body.requestId).toBe(headers.get('x-request-id'));
  return body;
}

describe('a mounted endpoint', () => {
  it('takes what is valid and answers only what the response names', async () => {
    const answer = await send('POST', '/things/small?copies=2', '{"name":"box"}');
    expect(answer.status).toBe(201);
    expect(answer.json()).toEqual({ name: 'box', copies: 2 });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('answers nothing where nothing is declared', async () => {
    expect(await send('DELETE', '/things/small')).toMatchObject({ status: 204, text: '' });
  });

  it('asks who is calling before it reads anything', async () => {
    const headers = { authorization: 'Bearer you' };
    expect(await problem('POST', '/things/none', 'not json', headers)).toMatchObject({ status: 401 });
    const { headers: answered } = await send('POST', '/things/none', 'not json', headers);
    expect(answered.get('www-authenticate')).toMatch(/^Bearer /);
  });

  it('reports every mistake with its place and its remedy', async () => {
    const { errors } = await problem(
      'POST',
      '/things/huge?copies=9&copy=1',
      '{"name":"","options":{"color":"red"}}',
    );
    expect(errors).toEqual([
      { location: 'path.size', message: expect.any(String), fix: 'Use one of: small, large' },
      { location: 'query.copies', message: expect.any(String), fix: 'Make it at most 3' },
      { location: 'query.copy', message: 'Unknown field', fix: 'Remove it; the fields known here: copies' },
      { location: 'body.name', message: expect.any(String), fix: 'Make it at least 1 characters long' },
      { location: 'body.options.colour', message: expect.any(String), fix: 'Add it, as string' },
      {
        location: 'body.options.color',
        message: 'Unknown field',
        fix: 'Remove it; the fields known here: colour',
      },
    ]);
  });

  it.each([
    ['a repeated query parameter', '/things/small?copies=1&copies=2', '{"name":"box"}', 'query.copies'],
    ['no body', '/things/small', undefined, 'body'],
    ['a body that is no object', '/things/small', '[]', 'body'],
    ['a body that is not JSON', '/things/small', '{"name":', 'body'],
    ['a __proto__ field', '/things/small', '{"name":"box","__proto__":{}}', 'body.__proto__'],
  ])('refuses %s with 400', async (_, path, body, location) => {
    const { status, errors } = await problem('POST', path, body);
    expect(status).toBe(400);
    expect(errors?.map((error) => error.location)).toContain(location);
  });

  it.each([
    [413, 'a declared length over the limit', {}, `{"name":"${'x'.repeat(100)}"}`],
    [415, 'another content type', { 'content-type': 'text/plain' }, '{"name":"box"}'],
    [415, 'another charset', { 'content-type': 'application/json; charset=utf-16' }, '{"name":"box"}'],
    [415, 'an encoding', { 'content-encoding': 'gzip' }, '{"name":"box"}'],
  ])('answers %i to %s', async (status, _, headers, body) => {
    expect(await problem('POST', '/things/small', body, headers)).toMatchObject({ status });
  });

  it.each([
    ['name', '"a\\u0000"', 'body.name'],
    ['name', '"\\ud800"', 'body.name'],
    ['options', '{"colour":"\\u0000"}', 'body.options.colour'],
  ])('refuses text that no database holds in %s: %s', async (field, json, location) => {
    const body = `{"name":"x","${field}":${json}}`;
    const { status, errors } = await problem('POST', '/things/small', body);
    expect([status, errors]).toMatchObject([400, [{ location, fix: 'Remove it' }]]);
  });

  it('answers 413 to a body that turns out too long while it comes', async () => {
    const request = httpRequest(`${url}/things/small`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer me',
        'content-type': 'application/json',
        'transfer-encoding': 'chunked',
      },
    });
    const answered = once(request, 'response') as Promise<[{ statusCode: number; resume(): void }]>;
    request.write('"'.padEnd(80));
    request.write(' '.repeat(80));
    const [response] = await answered;
    response.resume();
    expect(response.statusCode).toBe(413);
    request.end();
  });

  it('refuses invalid UTF-8', async () => {
    const bytes = Buffer.from('{"name":"b\xffx"}', 'latin1');
    const response = await fetch(`${url}/things/small`, {
      method: 'POST',
      body: bytes,
      headers: { authorization: 'Bearer me', 'content-type': 'application/json' },
    });
    expect(response.status).toBe(400);
    await response.text();
  });

  it('answers errors by their meaning, and keeps those without one to itself', async () => {
    expect(await problem('POST', '/things/small', '{"name":"taken"}')).toMatchObject({
      status: 409,
      type: 'urn:obstack:problem:conflict',
      detail: 'There is one.',
    });
    const answer = await send('GET', '/break');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toMatch(/hunter2|at .*\.ts/);
    expect(logs.join('')).toContain('request failed');
  });

  it('answers 405 with what is allowed, and 404 elsewhere', async () => {
    expect(await problem('PUT', '/things/small')).toMatchObject({
      status: 405,
      detail: 'Use POST, DELETE here.',
    });
    expect(await problem('GET', '/nothing')).toMatchObject({ status: 404 });
    expect(await problem('POST', '/things/small/')).toMatchObject({ status: 404 });
    expect(await problem('DELETE', '/things/%ZZ')).toMatchObject({ status: 400 });
  });

  it('keeps a harmless request id and replaces any other', async () => {
    const kept = await send('GET', '/nothing', undefined, { 'x-request-id': 'trace-1.2:3' });
    expect(kept.headers.get('x-request-id')).toBe('trace-1.2:3');
    const replaced = await send('GET', '/nothing', undefined, { 'x-request-id': 'a b' });
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is mounted once', () => {
    const api = createEndpointRouter({ caller: 'actor', admit: () => undefined });
    api.mount(dropThing, () => undefined);
    expect(() => api.mount(dropThing, () => undefined)).toThrow('DELETE /things/{size} is mounted twice');
  });
});

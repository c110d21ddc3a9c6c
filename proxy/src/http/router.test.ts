import { describe, expect, it } from '@jest/globals';
import { Router } from './router.ts';
import type { Route } from './router.ts';

const route = (method: 'GET' | 'POST', path: string): Route => ({
  method,
  path,
  errors: 'problem',
  handle: () => Promise.resolve(),
});

const router = new Router([
  route('GET', '/loki/api/v1/labels'),
  route('GET', '/loki/api/v1/label/{name}/values'),
  route('GET', '/prometheus/api/v1/query'),
  route('POST', '/prometheus/api/v1/query'),
]);

describe('a closed list of routes (class 5)', () => {
  it('finds a listed path by method', () => {
    expect(router.match('POST', '/prometheus/api/v1/query')).toMatchObject({
      kind: 'found',
      route: { method: 'POST' },
    });
  });

  it.each([
    '/loki/api/v1/labels/',
    '//loki/api/v1/labels',
    '/loki//api/v1/labels',
    '/loki/api/v1/./labels',
    '/loki/api/v1/x/../labels',
    '/loki/api/v1/lab%65ls',
    '/loki/api/v1%2Flabels',
    '/LOKI/api/v1/labels',
    '/loki/api/v1/labelsx',
    'http://other/loki/api/v1/labels',
    '/loki/api/v1/label//values',
    '/loki/api/v1/label/a%2Fb/values',
    '/loki/api/v1/label/..%2f/values',
    '/loki/api/v1/label/%2e%2e/values',
    '/loki/api/v1/label/../values',
    '/loki/api/v1/label/a%00b/values',
    '/loki/api/v1/label/a%5Cb/values',
    '/loki/api/v1/label/%E0%A4%A/values',
    '/loki/api/v1/labelXname/values',
    '',
    '*',
  ])('does not list %j', (path) => {
    expect(router.match('GET', path)).toEqual({ kind: 'unlisted' });
  });

  it('decodes a path parameter exactly once', () => {
    expect(router.match('GET', '/loki/api/v1/label/a%2541/values')).toMatchObject({
      params: { name: 'a%41' },
    });
  });

  it('names the methods that would do', () => {
    expect(router.match('HEAD', '/prometheus/api/v1/query')).toMatchObject({
      kind: 'wrong-method',
      allow: ['GET', 'POST'],
    });
  });
});

describe('two routes that one request could both match', () => {
  it.each([[['/a/{x}/c', '/a/b/{y}']], [['/a/{x}', '/a/b']], [['/a/{x}', '/a/{y}']]])(
    'refuse to start: %j',
    (paths) => {
      expect(() => new Router(paths.map((path) => route('GET', path)))).toThrow(/overlap/);
    },
  );

  it('refuse to start when declared twice', () => {
    expect(() => new Router([route('GET', '/a'), route('GET', '/a')])).toThrow(/twice/);
  });
});

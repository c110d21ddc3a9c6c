import { describe, expect, it } from '@jest/globals';
import { Router } from './router.ts';
import type { Route } from './router.ts';

const route = (path: string, method: Route['method'] = 'GET'): Route => ({
  method,
  path,
  errors: 'prometheus',
  handle: () => Promise.resolve(),
});

const router = new Router([route('/a/b'), route('/a/b', 'POST'), route('/l/{name}/v'), route('/t/{id}')]);

describe('Router', () => {
  it('finds a route by its exact path and method', () => {
    expect(router.match('POST', '/a/b')).toMatchObject({
      kind: 'found',
      route: { method: 'POST' },
      params: {},
    });
    expect(router.match('GET', '/l/x%20y/v')).toMatchObject({ kind: 'found', params: { name: 'x y' } });
  });

  it('says which methods there are', () => {
    expect(router.match('PUT', '/a/b')).toEqual({
      kind: 'wrong-method',
      allow: ['GET', 'POST'],
      errors: 'prometheus',
    });
    expect(router.match('HEAD', '/t/1')).toMatchObject({ kind: 'wrong-method', allow: ['GET'] });
  });

  it.each([
    ...[
      '',
      '/',
      '/a',
      '/a/b/',
      '/a//b',
      '//a/b',
      '/A/b',
      '/a/b/c',
      '/x/a/b',
      '/a%2Fb',
      '/%61/b',
      '/a/b;x',
      '/a/./b',
    ],
    ...[
      '/l//v',
      '/l/x/v/',
      '/l/x/y/v',
      '/l/%/v',
      '/l/%ff/v',
      '/l/a%2Fb/v',
      '/l/a%5Cb/v',
      '/l/%2E%2e/v',
      '/l/./v',
    ],
    ...['/l/a%00/v', '/l/a%0A/v', '/t/', '/t', '/t/a/b', 'http://x/a/b', '*', '/l/constructor', '__proto__'],
  ])('%j is not there (class 5)', (path) => {
    expect(router.match('GET', path)).toEqual({ kind: 'unlisted' });
  });

  it.each([
    [[route('/a'), route('/a')]],
    [[route('/l/{name}'), route('/l/{other}')]],
    [[route('/l/{name}/v'), route('/l/x/v')]],
    [[route('/{a}/b'), route('/a/{b}')]],
  ])('does not start with routes of which two could match one request: %#', (routes) => {
    expect(() => new Router(routes)).toThrow(/overlap|declared twice/);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { presentedCredential, sessionCookie } from './presented-credential.ts';

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('the credential of a request', () => {
  it.each([
    [{ authorization: 'Bearer obk_1' }, 'obk_1'],
    [{ authorization: 'bearer   obk_1' }, 'obk_1'],
    [{ authorization: basic('anyone:obk_1') }, 'obk_1'],
    [{ authorization: basic(':obk_1') }, 'obk_1'],
    [{ authorization: basic('user:with:colon') }, 'with:colon'],
    [{ 'x-api-key': 'obk_1' }, 'obk_1'],
    [{ 'x-api-key': 'obk_1', authorization: 'Bearer obk_1' }, 'obk_1'],
  ])('is read from %j', (headers, expected) => {
    expect(presentedCredential(headers)).toBe(expected);
  });

  it.each([
    [{}],
    [{ authorization: '' }],
    [{ authorization: 'Bearer' }],
    [{ authorization: 'Bearer a b' }],
    [{ authorization: 'obk_1' }],
    [{ authorization: 'Digest obk_1' }],
    [{ authorization: basic('no colon') }],
    [{ authorization: 'Basic %%%' }],
  ])('is absent from %j', (headers) => {
    expect(presentedCredential(headers)).toBeUndefined();
  });

  it('is refused when two different ones are given', () => {
    expect(() => presentedCredential({ authorization: 'Bearer a', 'x-api-key': 'b' })).toThrow(/different/);
    expect(() => presentedCredential({ authorization: 'Digest a', 'x-api-key': 'b' })).toThrow(/different/);
  });
});

describe('the session cookie', () => {
  const asked = (headers: Record<string, string>) => sessionCookie({ headers } as unknown as IncomingMessage);

  it.each([
    [{}, undefined],
    [{ cookie: 'a=b' }, undefined],
    [{ cookie: 'obstack_session=' }, undefined],
    [{ cookie: 'not_obstack_session=x' }, undefined],
    [{ cookie: 'obstack_session=a.b.c' }, 'a.b.c'],
    [{ cookie: 'x=1; obstack_session=a.b.c; y=2' }, 'a.b.c'],
    [{ cookie: 'obstack_session=a.b.c', upgrade: 'websocket', host: 'h:1', origin: 'http://h:1' }, 'a.b.c'],
  ])('of %j is %s', (headers, expected) => {
    expect(asked(headers)).toBe(expected);
  });

  it.each([undefined, 'null', 'http://evil.test', 'http://h:2'])(
    'opens no tail for a page of %s',
    (origin) => {
      const headers = { cookie: 'obstack_session=a.b.c', upgrade: 'websocket', host: 'h:1' };
      expect(() => asked({ ...headers, ...(origin && { origin }) })).toThrow(/another site/);
    },
  );
});

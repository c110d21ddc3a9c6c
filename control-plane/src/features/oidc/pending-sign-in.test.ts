import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Call } from '@obstack/service-kit/endpoint';
import { createSealer } from '../../sealing.ts';
import { beginSignIn, challengeOf, forgetSignIn, readSignIn } from './pending-sign-in.ts';

const sealer = createSealer('a key of thirty-two characters and more', 'sign-ins under way');
const about = { tenantId: 'a-tenant', realm: 'a-realm', issuer: 'https://issuer.test', returnTo: '/home' };

function begin(with_ = sealer) {
  const set: string[] = [];
  const call = { addHeader: (_name: string, value: string) => void set.push(value) } as unknown as Call;
  const pending = beginSignIn(call, with_, about);
  return { pending, call, set, headers: { cookie: (set[0] ?? '').split(';')[0] ?? '' } };
}

afterEach(() => void jest.useRealTimers());

describe('a sign-in under way', () => {
  it('is brought back by the browser, in a cookie that says nothing and that no script can read', () => {
    const { pending, headers, set } = begin();
    expect(readSignIn(headers, sealer)).toEqual(pending);
    expect(set[0]).toMatch(
      /^obstack_oidc=[^;]+; Path=\/api\/v1\/auth\/oidc; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/,
    );
    for (const secret of [pending.state, pending.nonce, pending.verifier])
      expect(set[0]).not.toContain(secret);
  });

  it('has secrets of its own each time', () => {
    const [one, two] = [begin().pending, begin().pending];
    for (const name of ['state', 'nonce', 'verifier'] as const) expect(one[name]).not.toBe(two[name]);
    // RFC 7636 section 4.1: 43 to 128 characters.
    expect(one.verifier).toMatch(/^[\w-]{43,128}$/);
  });

  it('is over after ten minutes', () => {
    jest.useFakeTimers();
    const { headers } = begin();
    jest.advanceTimersByTime(10 * 60_000 - 1);
    expect(readSignIn(headers, sealer)).toBeDefined();
    jest.advanceTimersByTime(1);
    expect(readSignIn(headers, sealer)).toBeUndefined();
  });

  it('counts only if it is ours and unchanged', () => {
    const { headers } = begin();
    const changed = headers.cookie.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const foreign = begin(createSealer('another key of thirty-two characters', 'sign-ins under way'));
    for (const cookie of [changed, foreign.headers.cookie, 'obstack_oidc=%', 'obstack_oidc=e30', 'other=1']) {
      expect(readSignIn({ cookie }, sealer)).toBeUndefined();
    }
  });

  it('is forgotten', () => {
    const { call, set } = begin();
    forgetSignIn(call);
    expect(set[1]).toMatch(/^obstack_oidc=; Path=\/api\/v1\/auth\/oidc; Max-Age=0;/);
  });

  it('is challenged as RFC 7636 appendix B has it', () => {
    expect(challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });
});

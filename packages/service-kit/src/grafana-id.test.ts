import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  fakeGrafanaSigner,
  type FakeGrafanaSigner,
  type Forgery,
  newKey,
} from '../test/fake-grafana-signer.ts';
import { createGrafanaVerifier, type GrafanaVerifier } from './grafana-id.ts';
import { TokenError, UnknownIssuerError } from './jwt.ts';

const NOW = Date.UTC(2030, 0, 15);

let now: number;
let asked: number;
let grafana: FakeGrafanaSigner;
let known: FakeGrafanaSigner | undefined;
let verifier: GrafanaVerifier;

beforeEach(() => {
  now = NOW;
  asked = 0;
  grafana = fakeGrafanaSigner('http://grafana.test/');
  known = grafana;
  verifier = createGrafanaVerifier({
    signer: () => {
      asked += 1;
      return Promise.resolve(known && { issuer: known.issuer, jwks: structuredClone(known.jwks) });
    },
    now: () => now,
  });
});

const forged = (forgery: Forgery) => grafana.token({ orgId: 2 }, { nowMs: NOW, ...forgery });

describe('what Grafana says', () => {
  it('is believed as it is written', async () => {
    const token = grafana.token({ orgId: 2, role: 'Editor', login: 'ada' }, { nowMs: NOW });
    expect(await verifier.verify(token)).toEqual({
      orgId: 2,
      role: 'Editor',
      type: 'user',
      login: 'ada',
      email: 'ada@example.com',
      expiresAtMs: NOW + 600_000,
    });
  });

  it('has another name for the first org', async () => {
    expect(await verifier.verify(grafana.token({ orgId: 1 }, { nowMs: NOW }))).toMatchObject({ orgId: 1 });
    await expect(verifier.verify(forged({ claims: { namespace: 'default' } }))).rejects.toThrow(
      /names no org/,
    );
  });

  it('takes whoever has no role for one without any', async () => {
    expect(await verifier.verify(forged({ claims: { role: undefined } }))).toMatchObject({ role: 'None' });
  });

  it('names what is no user by what it is', async () => {
    const claims = {
      type: 'service-account',
      sub: 'service-account:5',
      username: undefined,
      email: undefined,
    };
    expect(await verifier.verify(forged({ claims }))).toMatchObject({
      type: 'service-account',
      login: 'service-account:5',
      email: null,
    });
  });
});

describe('what is refused', () => {
  const HS = createHmac('sha256', 'guess').update('x').digest('base64url');
  it.each<[string, Forgery, RegExp]>([
    ['another key under the same name', { key: newKey().privateKey }, /signature is not valid/],
    ['alg none', { header: { alg: 'none' } }, /not signed with/],
    ['a shared secret', { header: { alg: 'HS256' } }, /not signed with/],
    ['a key nobody has', { header: { kid: 'id-1999-01-es256' } }, /key that its issuer does not have/],
    ['no key', { header: { kid: undefined } }, /does not name the key/],
    ['an expired one', { nowMs: NOW - 700_000 }, /has expired/],
    ['one without an end', { claims: { exp: undefined } }, /exp is missing/],
    ['one of the future', { nowMs: NOW + 120_000 }, /future/],
    ['two orgs', { claims: { aud: ['org:2', 'org:3'] } }, /not an ID token of Grafana/],
    ['no org', { claims: { aud: [] } }, /not an ID token of Grafana/],
    ['another audience', { claims: { aud: 'obstack' } }, /names no org/],
    ['org 0', { claims: { aud: 'org:0', namespace: 'org-0' } }, /names no org/],
    ['an org that is another in the namespace', { claims: { namespace: 'org-3' } }, /names no org/],
    ['a role that Grafana does not have', { claims: { role: 'Owner' } }, /not an ID token of Grafana/],
    ['another claim in place of the signature', { claims: { sub: '' } }, /names no subject/],
  ])('%s', async (_, forgery, reason) => {
    const refusal = verifier.verify(forged(forgery));
    await expect(refusal).rejects.toThrow(TokenError);
    await expect(refusal).rejects.toThrow(reason);
  });

  it.each(['', 'abc', `a.b.${HS}`, 'x'.repeat(20_000)])('what is no token: %#', async (text) => {
    await expect(verifier.verify(text)).rejects.toThrow(TokenError);
  });

  it('a signature of one token under another', async () => {
    const [head, , signature] = grafana.token({ orgId: 2 }, { nowMs: NOW }).split('.');
    const [, body] = grafana.token({ orgId: 3, role: 'Admin' }, { nowMs: NOW }).split('.');
    await expect(verifier.verify(`${head}.${body}.${signature}`)).rejects.toThrow(/signature is not valid/);
  });

  it('another Grafana, which is told apart from a wrong token', async () => {
    const other = fakeGrafanaSigner('http://elsewhere.test/');
    const refusal = verifier.verify(other.token({ orgId: 2 }, { nowMs: NOW }));
    await expect(refusal).rejects.toThrow(UnknownIssuerError);
    await expect(refusal).rejects.toMatchObject({ origin: 'http://elsewhere.test' });
    // By its name alone it gets nowhere.
    const pretender = fakeGrafanaSigner('http://grafana.test/');
    await expect(verifier.verify(pretender.token({ orgId: 2 }, { nowMs: NOW }))).rejects.toThrow(/signature/);
  });

  it('everything where there is no Grafana', async () => {
    known = undefined;
    await expect(verifier.verify(forged({}))).rejects.toThrow(UnknownIssuerError);
  });
});

describe('the keys', () => {
  it('are asked for once, and again for one that is new', async () => {
    for (let i = 0; i < 5; i += 1) await verifier.verify(forged({}));
    expect(asked).toBe(1);
    grafana.rotate();
    now += 31_000;
    await verifier.verify(grafana.token({ orgId: 2 }, { nowMs: now }));
    expect(asked).toBe(2);
  });

  it('are not asked for more often by whoever names many issuers', async () => {
    for (let i = 0; i < 20; i += 1) {
      const stranger = fakeGrafanaSigner(`http://${i}.test/`);
      await expect(verifier.verify(stranger.token({ orgId: 2 }))).rejects.toThrow(UnknownIssuerError);
    }
    expect(asked).toBe(1);
  });
});

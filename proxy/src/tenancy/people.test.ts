import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Permission } from '@obstack/contracts';
import type { Principal, PrincipalQuestion, TrustedIssuer } from '@obstack/contracts/internal';
import { generateSigningKey, signAccessToken } from '@obstack/service-kit/jwt';
import { People } from './people.ts';

const TENANT = '0b5e6b1e-6a3c-4d38-9f0c-1d8a9a6a0001';
const USER = '0b5e6b1e-6a3c-4d38-9f0c-1d8a9a6a0009';
const ISSUER = 'https://issuer.test';
const key = await generateSigningKey();
const otherKey = await generateSigningKey();

const principal = jest.fn<(question: PrincipalQuestion) => Promise<Principal | undefined>>();
const issuer = jest.fn<(issuer: string) => Promise<TrustedIssuer | undefined>>();
let people: People;
let now: number;

const may = (...permissions: Permission[]): Principal => ({ id: USER, tenantId: TENANT, permissions });

beforeEach(() => {
  principal.mockReset().mockResolvedValue(may('logs:read'));
  issuer
    .mockReset()
    .mockImplementation((asked) =>
      Promise.resolve(
        asked === ISSUER
          ? { issuer: asked, audience: 'obstack', jwks: { keys: [key.publicJwk] } }
          : undefined,
      ),
    );
  now = Date.now();
  people = new People({ principal, issuer }, () => now);
  people.answers.connected();
});

const sign = (over: Partial<Parameters<typeof signAccessToken>[1]> = {}, by = key): Promise<string> =>
  signAccessToken(by, {
    issuer: ISSUER,
    audience: 'obstack',
    subject: USER,
    sessionId: 'a session',
    lifetimeSeconds: 900,
    ...over,
  });

describe('a person with a token', () => {
  it('is asked for once, by issuer, subject and session', async () => {
    const token = await sign();
    const first = await people.signedIn(token);
    expect(first).toMatchObject({ tenantId: TENANT, person: { permissions: new Set(['logs:read']) } });
    await people.signedIn(token);
    await people.signedIn(await sign());
    expect(principal.mock.calls).toEqual([
      [expect.objectContaining({ issuer: ISSUER, subject: USER, sessionId: 'a session' })],
    ]);
    expect(issuer).toHaveBeenCalledTimes(1);
  });

  it('is not the same in another session (class 10)', async () => {
    await people.signedIn(await sign());
    principal.mockResolvedValue(undefined);
    await expect(people.signedIn(await sign({ sessionId: 'another' }))).rejects.toMatchObject({
      status: 401,
    });
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ['an unknown issuer', () => sign({ issuer: 'https://evil.test' }), /issuer/],
    ['another audience', () => sign({ audience: 'grafana' }), /somebody else/],
    ['another’s key', () => sign({}, otherKey), /key/],
    ['an expired one', () => sign({ nowMs: Date.now() - 3_600_000 }), /expired/],
    ['a spoilt signature', async () => `${(await sign()).slice(0, -8)}AAAAAAAA`, /signature/],
  ])('is refused with the token of %s', async (_what, token, why) => {
    await expect(people.signedIn(await token())).rejects.toMatchObject({
      status: 401,
      message: expect.stringMatching(why) as unknown,
    });
    expect(principal).not.toHaveBeenCalled();
  });

  it('has an unknown issuer asked for once', async () => {
    const token = await sign({ issuer: 'https://evil.test' });
    for (let i = 0; i < 3; i++) await expect(people.signedIn(token)).rejects.toMatchObject({ status: 401 });
    expect(issuer).toHaveBeenCalledTimes(1);
  });

  it('is over when the token is, though it was known', async () => {
    const token = await sign({ lifetimeSeconds: 60 });
    await people.signedIn(token);
    now += 60_000 + 31_000;
    await expect(people.signedIn(token)).rejects.toMatchObject({ status: 401 });
  });
});

describe('many made-up issuers at once', () => {
  it('do not all get through to control-plane', async () => {
    let answer: () => void = () => undefined;
    const waiting = new Promise<undefined>((done) => (answer = () => done(undefined)));
    issuer.mockReturnValue(waiting);
    const tokens = await Promise.all(
      Array.from({ length: 60 }, (_, i) => sign({ issuer: `https://${i}.evil.test` })),
    );
    const asked = tokens.map((token) =>
      people.signedIn(token).catch((error: unknown) => (error as { status: number }).status),
    );
    expect(await Promise.race(asked)).toBe(503);
    answer();
    const statuses = await Promise.all(asked);
    expect(statuses.filter((status) => status === 503)).toHaveLength(10);
    expect(issuer).toHaveBeenCalledTimes(50);
  });
});

describe('a change', () => {
  it('of what the person may do counts at the next call', async () => {
    const token = await sign();
    await people.signedIn(token);
    principal.mockResolvedValue(may('traces:read'));
    people.answers.invalidated(`user:${USER}`);
    expect((await people.signedIn(token)).person.permissions).toEqual(new Set(['traces:read']));
  });

  it('of the tenant counts too, of another user it does not', async () => {
    const token = await sign();
    await people.signedIn(token);
    people.answers.invalidated(`user:${TENANT}`);
    await people.signedIn(token);
    expect(principal).toHaveBeenCalledTimes(1);
    principal.mockResolvedValue(undefined);
    people.answers.invalidated(`tenant:${TENANT}`);
    await expect(people.signedIn(token)).rejects.toMatchObject({ status: 401 });
  });
});

describe('while control-plane is down', () => {
  it('who is known goes on, also after a gap; who is not known gets 503', async () => {
    const token = await sign();
    await people.signedIn(token);
    principal.mockRejectedValue(new Error('down'));
    issuer.mockRejectedValue(new Error('down'));
    people.answers.disconnected();
    people.answers.connected();
    expect(await people.signedIn(token)).toMatchObject({ tenantId: TENANT });
    const stranger = await sign({ subject: TENANT });
    await expect(people.signedIn(stranger)).rejects.toMatchObject({ status: 503 });
    const unknown = await sign({ issuer: 'https://other.test' });
    await expect(people.signedIn(unknown)).rejects.toMatchObject({ status: 503 });
  });
});

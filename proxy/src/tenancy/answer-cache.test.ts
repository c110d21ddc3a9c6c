import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Credential } from '@obstack/contracts/internal';
import { PLANS } from '@obstack/contracts';
import { createCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';

const credential = (over: Partial<Credential> = {}): Credential => ({
  id: 'AbCdEfGhIjKl',
  kind: 'query-token',
  tenantId: '0b5e6b1e-6a3c-4d38-9f0c-1d8a9a6a0001',
  signals: ['logs'],
  expiresAt: null,
  limits: PLANS.community.limits,
  keyLimits: {},
  ...over,
});

const SHA = 'a'.repeat(64);
const resolve = jest.fn<(sha256: string) => Promise<Credential | undefined>>();
let cache: Credentials;

beforeEach(() => {
  resolve.mockReset().mockImplementation(() => Promise.resolve(credential()));
  cache = createCredentials(resolve);
  cache.connected();
});

describe('what is known', () => {
  it('is answered at once and asked for once', async () => {
    await cache.lookup(SHA);
    expect(cache.lookup(SHA)).toMatchObject({ id: 'AbCdEfGhIjKl', key: SHA });
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it('is asked for once by many at the same time', async () => {
    await Promise.all([cache.lookup(SHA), cache.lookup(SHA), cache.lookup(SHA)]);
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it('is kept apart by the whole credential (class 10)', async () => {
    const other = 'a'.repeat(63) + 'b';
    await cache.lookup(SHA);
    resolve.mockResolvedValue(undefined);
    expect(await cache.lookup(other)).toBeUndefined();
  });

  it('ends at its expiry without anybody saying so', async () => {
    resolve.mockResolvedValue(credential({ expiresAt: new Date(Date.now() + 1_000).toISOString() }));
    await cache.lookup(SHA);
    const later = Date.now() + 2_000;
    const now = jest.spyOn(Date, 'now').mockReturnValue(later);
    expect(cache.lookup(SHA)).toBeUndefined();
    now.mockRestore();
  });
});

describe('what is not known', () => {
  it('is remembered for a while, so that guessing costs control-plane little', async () => {
    resolve.mockResolvedValue(undefined);
    expect(await cache.lookup(SHA)).toBeUndefined();
    expect(cache.lookup(SHA)).toBeUndefined();
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it('cannot push out what is known', async () => {
    await cache.lookup(SHA);
    resolve.mockResolvedValue(undefined);
    for (let i = 0; i < 12_000; i++) await cache.lookup(i.toString(16).padStart(64, '0'));
    expect(cache.lookup(SHA)).toMatchObject({ key: SHA });
  });
});

describe('an invalidation', () => {
  it('makes the next look-up ask', async () => {
    await cache.lookup(SHA);
    resolve.mockResolvedValue(undefined);
    cache.invalidated(`credential:${SHA}`);
    expect(await cache.lookup(SHA)).toBeUndefined();
  });

  it('that overtakes the answer under way makes it ask again', async () => {
    let answer: (credential: Credential) => void = () => undefined;
    resolve.mockImplementationOnce(() => new Promise((done) => (answer = done)));
    const found = cache.lookup(SHA);
    await Promise.resolve();
    cache.invalidated(`credential:${SHA}`);
    resolve.mockResolvedValue(undefined);
    answer(credential());
    expect(await found).toBeUndefined();
    expect(cache.lookup(SHA)).toBeUndefined();
  });

  it('while control-plane is down lets nobody in', async () => {
    await cache.lookup(SHA);
    resolve.mockRejectedValue(new Error('down'));
    cache.invalidated(`credential:${SHA}`);
    await expect(cache.lookup(SHA)).rejects.toMatchObject({ status: 503 });
  });
});

describe('a gap in the events', () => {
  it('makes every answer from before it be asked for anew', async () => {
    await cache.lookup(SHA);
    cache.disconnected();
    resolve.mockResolvedValue(undefined);
    cache.connected();
    expect(await cache.lookup(SHA)).toBeUndefined();
  });

  it('leaves the known served while control-plane is down, and the unknown out', async () => {
    await cache.lookup(SHA);
    cache.disconnected();
    resolve.mockRejectedValue(new Error('down'));
    expect(cache.lookup(SHA)).toMatchObject({ key: SHA });
    cache.connected();
    expect(await cache.lookup(SHA)).toMatchObject({ key: SHA });
    await expect(cache.lookup('b'.repeat(64))).rejects.toMatchObject({ status: 503 });
  });

  it('does not count an answer that was asked for before it', async () => {
    let answer: (credential: Credential) => void = () => undefined;
    resolve.mockImplementationOnce(() => new Promise((done) => (answer = done)));
    const found = cache.lookup(SHA);
    await Promise.resolve();
    cache.connected();
    answer(credential());
    await found;
    resolve.mockResolvedValue(undefined);
    expect(await cache.lookup(SHA)).toBeUndefined();
  });
});

describe('a watched credential', () => {
  it('calls back with each new answer, and with none when it is revoked', async () => {
    await cache.lookup(SHA);
    const answers: (string | undefined)[] = [];
    let heard: () => void = () => undefined;
    cache.watch(SHA, (known) => {
      answers.push(known?.signals.join());
      heard();
    });
    const next = (change: () => void): Promise<void> =>
      new Promise((done) => {
        heard = done;
        change();
      });
    resolve.mockResolvedValue(credential({ signals: ['traces'] }));
    await next(() => cache.connected());
    resolve.mockResolvedValue(undefined);
    await next(() => cache.invalidated(`credential:${SHA}`));
    expect(answers).toEqual(['traces', undefined]);
  });

  it('is over when nobody can vouch for it after an invalidation', async () => {
    await cache.lookup(SHA);
    const over = new Promise((done) => cache.watch(SHA, done));
    resolve.mockRejectedValue(new Error('down'));
    cache.invalidated(`credential:${SHA}`);
    expect(await over).toBeUndefined();
  });

  it('is not called back after it stopped watching', async () => {
    await cache.lookup(SHA);
    const onAnswer = jest.fn();
    cache.watch(SHA, onAnswer)();
    resolve.mockResolvedValue(undefined);
    cache.invalidated(`credential:${SHA}`);
    await cache.lookup(SHA);
    expect(onAnswer).not.toHaveBeenCalled();
  });
});

describe('an event about a tenant', () => {
  it('ends all that is known of it, and of nobody else', async () => {
    const other = 'b'.repeat(64);
    await cache.lookup(SHA);
    resolve.mockResolvedValue(credential({ tenantId: '0b5e6b1e-6a3c-4d38-9f0c-1d8a9a6a0002' }));
    await cache.lookup(other);
    resolve.mockResolvedValue(undefined);
    cache.invalidated(`tenant:${credential().tenantId}`);
    expect(await cache.lookup(SHA)).toBeUndefined();
    expect(cache.lookup(other)).toMatchObject({ key: other });
  });

  it('that overtakes an answer under way makes it ask again', async () => {
    let answer: (credential: Credential) => void = () => undefined;
    resolve.mockImplementationOnce(() => new Promise((done) => (answer = done)));
    const found = cache.lookup(SHA);
    await Promise.resolve();
    cache.invalidated(`tenant:${credential().tenantId}`);
    resolve.mockResolvedValue(undefined);
    answer(credential());
    expect(await found).toBeUndefined();
  });

  it('makes what was unknown be asked for again: it may be that tenant’s', async () => {
    resolve.mockResolvedValue(undefined);
    expect(await cache.lookup(SHA)).toBeUndefined();
    resolve.mockResolvedValue(credential());
    cache.invalidated(`tenant:${credential().tenantId}`);
    expect(await cache.lookup(SHA)).toMatchObject({ key: SHA });
  });
});

describe('an event about a user', () => {
  it('says nothing of credentials', async () => {
    await cache.lookup(SHA);
    resolve.mockResolvedValue(undefined);
    await cache.lookup('b'.repeat(64));
    cache.invalidated('user:0b5e6b1e-6a3c-4d38-9f0c-1d8a9a6a0009');
    await cache.lookup(SHA);
    await cache.lookup('b'.repeat(64));
    expect(resolve).toHaveBeenCalledTimes(2);
  });
});

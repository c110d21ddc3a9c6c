import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Credential } from '@obstack/contracts/internal';
import { CredentialCache } from './credential-cache.ts';

const credential = (over: Partial<Credential> = {}): Credential => ({
  id: 'AbCdEfGhIjKl',
  kind: 'query-token',
  tenantId: '0b5e6b1e-6a3c-4d38-9f0c-1d8a9a6a0001',
  signals: ['logs'],
  expiresAt: null,
  ...over,
});

const SHA = 'a'.repeat(64);
const resolve = jest.fn<(sha256: string) => Promise<Credential | undefined>>();
let cache: CredentialCache;

beforeEach(() => {
  resolve.mockReset().mockImplementation(() => Promise.resolve(credential()));
  cache = new CredentialCache(resolve);
  cache.connected();
});

describe('what is known', () => {
  it('is answered at once and asked for once', async () => {
    await cache.lookup(SHA);
    expect(cache.lookup(SHA)).toMatchObject({ id: 'AbCdEfGhIjKl', sha256: SHA });
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
    expect(cache.lookup(SHA)).toMatchObject({ sha256: SHA });
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
    expect(cache.lookup(SHA)).toMatchObject({ sha256: SHA });
    cache.connected();
    expect(await cache.lookup(SHA)).toMatchObject({ sha256: SHA });
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
  it('calls back when it is revoked, and only then', async () => {
    await cache.lookup(SHA);
    const revoked = new Promise<void>((done) => cache.watch(SHA, done));
    cache.connected();
    await cache.lookup(SHA);
    resolve.mockResolvedValue(undefined);
    cache.invalidated(`credential:${SHA}`);
    await revoked;
  });

  it('is not called back after it stopped watching', async () => {
    await cache.lookup(SHA);
    const onRevoked = jest.fn();
    cache.watch(SHA, onRevoked)();
    resolve.mockResolvedValue(undefined);
    cache.invalidated(`credential:${SHA}`);
    await cache.lookup(SHA);
    expect(onRevoked).not.toHaveBeenCalled();
  });
});

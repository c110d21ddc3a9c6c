import { describe, expect, it } from '@jest/globals';
import type { LimitOverrides, Limits } from '@obstack/contracts';
import { knownCredential } from '../tenancy/credentials.ts';
import type { KnownCredential } from '../tenancy/credentials.ts';
import { LocalBuckets } from './buckets.ts';
import { PushLimits } from './limits.ts';

const LIMITS: Limits = {
  samplesPerSecond: 10,
  samplesBurst: 100,
  logBytesPerSecond: 10,
  logBytesBurst: 100,
  traceBytesPerSecond: 10,
  traceBytesBurst: 100,
  lineBytes: 256,
};

function keyOf(tenantId: string, id = 'first', keyLimits: LimitOverrides = {}): KnownCredential {
  return knownCredential(id, {
    id,
    kind: 'ingestion-key',
    tenantId,
    signals: ['metrics'],
    expiresAt: null,
    limits: LIMITS,
    keyLimits,
  });
}

const A = keyOf('a');

function limitsAt(): { limits: PushLimits; pass: (milliseconds: number) => void } {
  let now = 1000;
  const limits = new PushLimits(new LocalBuckets(() => now));
  return { limits, pass: (milliseconds) => (now += milliseconds) };
}

describe('PushLimits', () => {
  it('lets a burst through, then the rate', () => {
    const { limits, pass } = limitsAt();
    void limits.admit(A).take('samples', 100);
    expect(() => limits.admit(A).take('samples', 1)).toThrow(
      /limit of 10 metric samples a second \(burst 100\)/,
    );
    pass(500);
    void limits.admit(A).take('samples', 5);
    expect(() => limits.admit(A).take('samples', 1)).toThrow();
  });

  it('says how long to wait and takes nothing when it refuses', () => {
    const { limits, pass } = limitsAt();
    void limits.admit(A).take('logBytes', 90);
    expect(() => limits.admit(A).take('logBytes', 50)).toThrow(
      expect.objectContaining({
        status: 429,
        details: expect.objectContaining({ retryAfterSeconds: 4 }) as object,
      }),
    );
    pass(4000);
    void limits.admit(A).take('logBytes', 50);
  });

  it('never fills above the burst', () => {
    const { limits, pass } = limitsAt();
    void limits.admit(A).take('samples', 1);
    pass(1e9);
    void limits.admit(A).take('samples', 100);
    expect(() => limits.admit(A).take('samples', 1)).toThrow();
  });

  it('refuses with 413 what can never fit, however long one waits', () => {
    const { limits } = limitsAt();
    expect(() => limits.admit(A).take('samples', 101)).toThrow(expect.objectContaining({ status: 413 }));
    void limits.admit(A).take('samples', 100);
  });

  it('keeps tenants and limits apart', () => {
    const { limits } = limitsAt();
    void limits.admit(A).take('samples', 100);
    void limits.admit(keyOf('b')).take('samples', 100);
    void limits.admit(A).take('traceBytes', 100);
  });

  it('gives back what a push took, once', () => {
    const { limits } = limitsAt();
    const admission = limits.admit(A);
    void admission.take('samples', 60);
    admission.giveBack();
    admission.giveBack();
    void limits.admit(A).take('samples', 100);
    expect(() => limits.admit(A).take('samples', 1)).toThrow();
  });

  it('counts all keys of a tenant together', () => {
    const { limits } = limitsAt();
    void limits.admit(A).take('samples', 60);
    void limits.admit(keyOf('a', 'second')).take('samples', 40);
    expect(() => limits.admit(A).take('samples', 1)).toThrow(/^this tenant is above/);
  });

  it('holds a key to its own limits besides, and takes nothing of the tenant’s when it refuses', () => {
    const { limits, pass } = limitsAt();
    const narrow = keyOf('a', 'narrow', { samplesBurst: 30, samplesPerSecond: 1 });
    void limits.admit(narrow).take('samples', 30);
    expect(() => limits.admit(narrow).take('samples', 10)).toThrow(
      expect.objectContaining({
        status: 429,
        message: expect.stringMatching(/^this key is above its limit of 1 metric/) as unknown,
        details: expect.objectContaining({ retryAfterSeconds: 10 }) as object,
      }),
    );
    expect(() => limits.admit(narrow).take('samples', 31)).toThrow(expect.objectContaining({ status: 413 }));
    void limits.admit(A).take('samples', 70);
    // What the key did not use of the tenant's is the tenant's.
    pass(10_000);
    void limits.admit(A).take('samples', 100);
    expect(() => limits.admit(narrow).take('samples', 1)).toThrow(/^this tenant/);
    // Its own limits say nothing of other signals.
    void limits.admit(narrow).take('logBytes', 100);
  });

  it('counts a changed limit at once', () => {
    const { limits } = limitsAt();
    void limits.admit(A).take('samples', 50);
    const lowered = { ...A, limits: { ...LIMITS, samplesBurst: 20 } };
    void limits.admit(lowered).take('samples', 20);
    expect(() => limits.admit(lowered).take('samples', 1)).toThrow(/burst 20/);
  });

  it('refuses a line that is too long', () => {
    const { limits } = limitsAt();
    limits.admit(A).checkLine(256);
    expect(() => limits.admit(A).checkLine(257)).toThrow(/257 bytes is above the limit of 256/);
    expect(() => limits.admit(keyOf('a', 'narrow', { lineBytes: 10 })).checkLine(11)).toThrow(/limit of 10/);
  });
});

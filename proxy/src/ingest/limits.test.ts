import { describe, expect, it } from '@jest/globals';
import { TenantLimits } from './limits.ts';

function limitsAt(): { limits: TenantLimits; pass: (milliseconds: number) => void } {
  let now = 1000;
  const rate = { perSecond: 10, burst: 100 };
  const limits = new TenantLimits(
    { samples: rate, logBytes: rate, traceBytes: rate, lineBytes: 256 },
    () => now,
  );
  return { limits, pass: (milliseconds) => (now += milliseconds) };
}

describe('TenantLimits', () => {
  it('lets a burst through, then the rate', () => {
    const { limits, pass } = limitsAt();
    limits.take('samples', 'a', 100);
    expect(() => limits.take('samples', 'a', 1)).toThrow(/limit of 10 metric samples a second \(burst 100\)/);
    pass(500);
    limits.take('samples', 'a', 5);
    expect(() => limits.take('samples', 'a', 1)).toThrow();
  });

  it('says how long to wait and takes nothing when it refuses', () => {
    const { limits, pass } = limitsAt();
    limits.take('logBytes', 'a', 90);
    expect(() => limits.take('logBytes', 'a', 50)).toThrow(
      expect.objectContaining({
        status: 429,
        details: expect.objectContaining({ retryAfterSeconds: 4 }) as object,
      }),
    );
    pass(4000);
    limits.take('logBytes', 'a', 50);
  });

  it('never fills above the burst', () => {
    const { limits, pass } = limitsAt();
    limits.take('samples', 'a', 1);
    pass(1e9);
    limits.take('samples', 'a', 100);
    expect(() => limits.take('samples', 'a', 1)).toThrow();
  });

  it('refuses with 413 what can never fit, however long one waits', () => {
    const { limits } = limitsAt();
    expect(() => limits.take('samples', 'a', 101)).toThrow(expect.objectContaining({ status: 413 }));
    limits.take('samples', 'a', 100);
  });

  it('keeps tenants and limits apart', () => {
    const { limits } = limitsAt();
    limits.take('samples', 'a', 100);
    limits.take('samples', 'b', 100);
    limits.take('traceBytes', 'a', 100);
  });

  it('gives back what a push took, once', () => {
    const { limits } = limitsAt();
    const admission = limits.admit('a');
    admission.take('samples', 60);
    admission.giveBack();
    admission.giveBack();
    limits.take('samples', 'a', 100);
    expect(() => limits.take('samples', 'a', 1)).toThrow();
  });

  it('refuses a line that is too long', () => {
    const { limits } = limitsAt();
    limits.checkLine(256);
    expect(() => limits.checkLine(257)).toThrow(/257 bytes is above the limit of 256/);
  });
});

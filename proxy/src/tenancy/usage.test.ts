import { describe, expect, it, jest } from '@jest/globals';
import { UsageReport } from '@obstack/contracts/internal';
import { createLogger } from '@obstack/service-kit/logger';
import { refuse } from '../http/refusal.ts';
import { reportUsage } from './report-usage.ts';
import { Usage } from './usage.ts';

const KEY = { id: 'AbCdEfGhIjKl' };
const OTHER = { id: 'BbCdEfGhIjKl' };
const keyId = (n: number): { id: string } => ({ id: String(n).padStart(12, '0') });
const log = createLogger({ name: 'test', level: 'silent' });

describe('usage', () => {
  it('says when each key was last used, once', () => {
    const usage = new Usage();
    usage.used(KEY);
    usage.used(OTHER);
    usage.used(KEY);
    expect(UsageReport.parse(usage.take()).used.map((use) => use.keyId)).toEqual([KEY.id, OTHER.id]);
    expect(usage.take()).toBeUndefined();
  });

  it('counts what is refused alike, and keeps what the first was told', () => {
    const usage = new Usage();
    usage.rejected(KEY, 'logs', refuse.tooLarge('first', { fix: 'send less' }));
    usage.rejected(KEY, 'logs', refuse.tooLarge('second'));
    usage.rejected(KEY, 'traces', refuse.tooLarge('third'));
    usage.rejected(OTHER, 'logs', refuse.tooLarge('fourth'));
    usage.rejected(KEY, 'logs', refuse.badRequest('fifth'));
    expect(UsageReport.parse(usage.take()).rejections).toMatchObject([
      {
        keyId: KEY.id,
        signal: 'logs',
        reason: 'too_large',
        status: 413,
        count: 2,
        detail: 'first; send less',
      },
      { keyId: KEY.id, signal: 'traces', count: 1 },
      { keyId: OTHER.id, signal: 'logs', count: 1 },
      { keyId: KEY.id, reason: 'bad_request', status: 400, count: 1 },
    ]);
  });

  it('tells a fault of ours as the sender was told, and nothing of a sender who left', () => {
    const usage = new Usage();
    usage.rejected(KEY, 'logs', new TypeError('internals'));
    usage.rejected(KEY, 'logs', refuse.clientGone());
    const { rejections } = UsageReport.parse(usage.take());
    expect(rejections).toMatchObject([{ status: 503, count: 1 }]);
    expect(JSON.stringify(rejections)).not.toContain('internals');
  });

  it('keeps no secret, no control character and no long text', () => {
    const usage = new Usage();
    const secret = `obk_AbCdEfGhIjKl_${'s'.repeat(38)}`;
    usage.rejected(KEY, 'logs', refuse.badRequest(`line\n\u0000 ${secret} ${'\ud800'.repeat(5000)}`));
    const report = usage.take();
    const { rejections } = UsageReport.parse(report);
    expect(rejections[0]?.detail).not.toMatch(/ssss|\p{Cc}|\p{Cs}/u);
    expect(rejections[0]?.detail).toContain('obk_AbCdEfGhIjKl_[redacted]');
  });

  it('is sent in pieces of bounded size, and given back in whole', () => {
    const usage = new Usage();
    for (let i = 0; i < 2500; i++) usage.used(keyId(i));
    for (let i = 0; i < 250; i++) usage.rejected(keyId(i), 'logs', refuse.badRequest('x'));
    const first = UsageReport.parse(usage.take());
    expect([first.used.length, first.rejections.length]).toEqual([1000, 100]);
    usage.rejected(keyId(0), 'logs', refuse.badRequest('x'));
    usage.giveBack(first);
    const seen = new Set<string>();
    const counts = new Map<string, number>();
    for (let report = usage.take(); report; report = usage.take()) {
      for (const use of report.used) seen.add(use.keyId);
      for (const { keyId: id, count } of report.rejections) counts.set(id, (counts.get(id) ?? 0) + count);
    }
    expect(seen.size).toBe(2500);
    expect(counts.size).toBe(250);
    expect(counts.get(keyId(0).id)).toBe(2);
  });

  it('is bounded while nobody takes it, and says what it dropped', () => {
    let dropped = 0;
    const usage = new Usage((count) => (dropped += count));
    for (let i = 0; i < 6_000; i++) usage.rejected(keyId(i), 'logs', refuse.badRequest('x'));
    for (let i = 0; i < 101_000; i++) usage.used(keyId(i));
    expect(dropped).toBe(2_000);
  });
});

describe('the report', () => {
  it('is sent at the end, and what was not taken before goes with it', async () => {
    const usage = new Usage();
    const sent: UsageReport[] = [];
    const send = jest.fn((report: UsageReport) => {
      sent.push(report);
      return sent.length === 1 ? Promise.reject(new Error('down')) : Promise.resolve();
    });
    const first = reportUsage(usage, send, log);
    usage.used(KEY);
    await first.close();
    usage.rejected(KEY, 'logs', refuse.badRequest('x'));
    await reportUsage(usage, send, log).close();
    expect(sent.at(-1)).toMatchObject({ used: [{ keyId: KEY.id }], rejections: [{ keyId: KEY.id }] });
    expect(usage.take()).toBeUndefined();
  });
});

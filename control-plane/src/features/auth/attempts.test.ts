import { describe, expect, it } from '@jest/globals';
import type { Executor } from '../../db/connect.ts';
import { createAttempts } from './attempts.ts';
import { type AttemptsStore, attemptsStore } from './attempts-store.ts';

/** The subjects that an attempt from this address counts for. */
async function subjects(ip: string, email: string | null = null): Promise<string[]> {
  const counted: string[] = [];
  const store: AttemptsStore = {
    ...attemptsStore,
    count: (_tx, { subject }) => Promise.resolve(counted.push(subject) > 0),
  };
  await createAttempts(store).begin(null as unknown as Executor, email, ip);
  return counted;
}

describe('attempts', () => {
  it('count for the address and, where there is one, the account', async () => {
    expect(await subjects('192.0.2.7', 'ada@example.com')).toEqual([
      'address:192.0.2.7',
      expect.stringMatching(/^account:[0-9a-f]{64}$/),
    ]);
    expect(await subjects('192.0.2.7')).toEqual(['address:192.0.2.7']);
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', 'address:2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', 'address:2001:db8:1:2::/64'],
    ['2001:db8::9', 'address:2001:db8:0:0::/64'],
    ['::1', 'address:0:0:0:0::/64'],
    ['::ffff:192.0.2.7', 'address:::ffff:192.0.2.7'],
  ])('from %s count for %s', async (ip, subject) => {
    expect(await subjects(ip)).toEqual([subject]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { reasonOf } from './reason.ts';

describe('the reason of a failure', () => {
  it('holds what its causes say', () => {
    const refused = new Error('connect ECONNREFUSED 127.0.0.1:3000');
    const error = new Error('Grafana cannot be reached', {
      cause: new TypeError('fetch failed', { cause: refused }),
    });
    expect(reasonOf(error)).toBe(
      'Grafana cannot be reached: fetch failed: connect ECONNREFUSED 127.0.0.1:3000',
    );
  });

  it('holds no secret', () => {
    const secret = `obq_0123456789AB_${'s'.repeat(38)}`;
    const reason = reasonOf(
      new Error(`PUT https://user:hidden@host/ with Bearer ${secret} and ${secret}: 500`),
    );
    expect(reason).not.toMatch(/hidden|sssss/);
  });

  it('is one line, and not endless', () => {
    const reason = reasonOf(new Error(`<html>\n${'x'.repeat(5000)}`));
    expect(reason).not.toContain('\n');
    expect(reason.length).toBe(500);
  });
});

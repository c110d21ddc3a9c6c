import { describe, expect, it } from '@jest/globals';
import { parseShot } from './wrk.ts';

describe('parseShot', () => {
  it('reads the last line of JSON, in seconds and milliseconds', () => {
    const stdout = [
      'Running 3s test @ http://127.0.0.1:1',
      '{"requests":3000,"microseconds":3000000,"bytes":66000000,"p50":900,"p99":2500,"max":9000,"badStatus":0,"broken":1}',
      '',
    ].join('\n');
    expect(parseShot(stdout)).toEqual({
      requests: 3000,
      seconds: 3,
      bytes: 66_000_000,
      p50: 0.9,
      p99: 2.5,
      max: 9,
      badStatus: 0,
      broken: 1,
    });
  });

  it('throws with what wrk said when there is none', () => {
    expect(() => parseShot('unable to connect')).toThrow('unable to connect');
  });
});

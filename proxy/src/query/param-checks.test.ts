import { describe, expect, it } from '@jest/globals';
import { anyCase, duration, integer, labelNames, oneOf, time, traceId } from './param-checks.ts';
import type { Check } from './param-checks.ts';

const cases: [name: string, check: Check, right: string[], wrong: string[]][] = [
  [
    'time',
    time,
    [
      '0',
      '1764000000',
      '1764000000.123',
      '1764000000000000000',
      '-1',
      '1.7e9',
      '2026-01-31T12:00:00Z',
      '2026-01-31T12:00:00.123456789+02:00',
      '-292273086-05-16T16:47:06Z',
    ],
    ['now', '1 ', ' 1', '1\n', '2026-01-31', '0x10', '1|2', 'Inf', ''],
  ],
  [
    'duration',
    duration,
    ['15', '0.5', '30s', '1h30m', '1000ms', '1.5h', '2w', '1y', '5µs'],
    ['s', '1 s', '1x', ''],
  ],
  ['integer', integer, ['0', '40000'], ['-1', '1.0', '1e3', '1'.repeat(19), '']],
  ['labelNames', labelNames, ['a', 'a,b_1'], ['a,', ',a', 'a b', '1a', 'a{', 'a'.repeat(1025)]],
  ['traceId', traceId, ['1', 'ABCdef0123456789', 'a'.repeat(32)], ['', 'g', 'a'.repeat(33), '1/2', '../x']],
  ['oneOf', oneOf('series', 'labels'), ['series'], ['Series', 'x', '', 'series,labels']],
  ['anyCase', anyCase(oneOf('forward')), ['FORWARD', 'forward'], ['back']],
];

describe.each(cases)('%s', (_name, check, right, wrong) => {
  it.each(right)('takes %j', (value) => expect(check(value)).toBeUndefined());
  it.each(wrong)('refuses %j', (value) => expect(check(value)).toEqual(expect.any(String)));
});

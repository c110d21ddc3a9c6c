import { dateTime } from '@grafana/data';
import { absoluteLink, rawTimesOf, requestOf, timeRangeOf } from './search-url';
import { absolute, shifted, zoomedOut } from './time-steps';

const HOUR = 3_600_000;

describe('the time range in the URL', () => {
  it('reads what Grafana writes: relative times and milliseconds', () => {
    const relative = timeRangeOf({ from: 'now-6h', to: 'now' });
    expect(relative.to.diff(relative.from, 'hours')).toBe(6);
    const fixed = timeRangeOf({ from: '1700000000000', to: '1700003600000' });
    expect(fixed.from.toISOString()).toBe('2023-11-14T22:13:20.000Z');
    expect(rawTimesOf(fixed)).toEqual({ from: '1700000000000', to: '1700003600000' });
    expect(rawTimesOf(relative)).toEqual({ from: 'now-6h', to: 'now' });
  });

  it.each([
    ['yesterday-ish', 'now'],
    ['now', 'now-1h'],
    ['', ''],
  ])('takes the last hour when %s to %s makes no sense', (from, to) => {
    expect(rawTimesOf(timeRangeOf({ from, to }))).toEqual({ from: 'now-1h', to: 'now' });
  });

  it('asks in ISO 8601', () => {
    expect(requestOf('a', absolute(0, HOUR))).toEqual({
      query: 'a',
      from: '1970-01-01T00:00:00.000Z',
      to: '1970-01-01T01:00:00.000Z',
    });
  });

  it('moves by half of itself, and widens around its middle', () => {
    const range = absolute(10 * HOUR, 12 * HOUR);
    const times = ({ from, to }: typeof range) => [dateTime(from).valueOf() / HOUR, dateTime(to).valueOf() / HOUR];
    expect(times(shifted(range, -1))).toEqual([9, 11]);
    expect(times(shifted(range, 1))).toEqual([11, 13]);
    expect(times(zoomedOut(range))).toEqual([9, 13]);
  });
});

it('shares a link that always shows the time it was made of', () => {
  const href = 'http://grafana/a/obstack-app/search?q=x&from=now-1h&to=now&orgId=1';
  expect(absoluteLink(href, absolute(1_000, 2_000))).toBe(
    'http://grafana/a/obstack-app/search?q=x&from=1000&to=2000&orgId=1'
  );
});

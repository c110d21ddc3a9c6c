import { AppPlugin, dateTime } from '@grafana/data';
import pluginJson from '../plugin.json';
import { addLinks, searchFromAlert, searchFromQueries, searchFromTrace } from './added-links';
import { queryFromTargets } from './query-from-targets';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const said = (path: string | undefined) => Object.fromEntries(new URL(path!, 'http://grafana').searchParams);

describe('queryFromTargets', () => {
  it.each([
    [[{ expr: 'rate(x{service_name="checkout"}[1m])' }], 'service:checkout'],
    [[{ query: '{ resource.service.name = "cart" && duration > 1s }' }], 'service:cart'],
    [[{ expr: '{service_name=~`cart`} |= "x"' }], 'service:cart'],
    [[{ query: 'level:error', datasource: { type: 'obstack-datasource' } }], 'level:error'],
    // Neither a pattern nor several services are one that can be asked for.
    [[{ expr: '{service_name=~"a|b"}' }], ''],
    [[{ expr: '{service_name="a"}' }, { expr: '{service_name="b"}' }], ''],
    [[{ expr: 'up' }], ''],
    [undefined, ''],
  ])('%j asks for %s', (targets, query) => {
    expect(queryFromTargets(targets)).toBe(query);
  });
});

it('keeps relative times of a panel, and writes others as milliseconds', () => {
  const targets = [{ expr: 'x{service_name="a"}' }];
  expect(said(searchFromQueries({ timeRange: { from: 'now-6h', to: dateTime(5) }, targets }))).toEqual({
    q: 'service:a',
    from: 'now-6h',
    to: '5',
  });
});

it('opens the trace that is on display, and only if there is one', () => {
  expect(
    said(searchFromTrace({ traceID: TRACE, startTime: 1_700_000_000_000_000, endTime: 1_700_000_001_000_000 }))
  ).toEqual({
    q: `trace:${TRACE}`,
    trace: TRACE,
    from: '1699999100000',
    to: '1700000901000',
  });
  expect(searchFromTrace({})).toBeUndefined();
  expect(said(searchFromQueries({ targets: [{ query: TRACE }] }))).toMatchObject({ trace: TRACE });
});

it('searches around the beginning of an alert', () => {
  const now = Date.parse('2026-11-23T09:05:00Z');
  const instance = { labels: { service_name: 'cart' }, activeAt: '2026-11-23T09:00:00Z' };
  expect(said(searchFromAlert({ instance }, now))).toEqual({
    q: 'service:cart',
    from: String(Date.parse('2026-11-23T08:45:00Z')),
    to: String(now),
  });
  expect(said(searchFromAlert({ instance: { activeAt: '0001-01-01T00:00:00Z' } }, now))).toEqual({
    from: 'now-1h',
    to: 'now',
  });
});

it('adds exactly what plugin.json declares, with its texts', () => {
  const plugin = new AppPlugin();
  addLinks(plugin as never);
  const added = plugin.addedLinkConfigs.map(({ title, description, targets }) => ({ title, description, targets }));
  expect(added).toEqual(expect.arrayContaining(pluginJson.extensions.addedLinks));
  expect(added).toHaveLength(pluginJson.extensions.addedLinks.length);
});

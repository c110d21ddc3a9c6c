/**
 * The ways into Obstack from other pages of Grafana. Where each shows, and its English texts, are in plugin.json, from where
 * Grafana checks them; here is where each leads.
 */
import {
  type AppPlugin,
  type PluginExtensionAddedLinkConfig,
  PluginExtensionPoints,
  type RawTimeRange,
} from '@grafana/data';
import pluginJson from '../plugin.json';
import type { AppSettings } from '../settings';
import { queryFromTargets, traceFromTargets } from './query-from-targets';
import { searchPath } from './search-link';

/** As far as it is used here, what Grafana says of a panel or of Explore. */
interface QueriesContext {
  timeRange?: RawTimeRange;
  targets?: readonly object[];
}

/** What it says of a trace on display: times in microseconds. */
interface TraceContext {
  traceID?: string;
  startTime?: number;
  endTime?: number;
}

/** What it says of an instance of an alert. */
interface AlertContext {
  instance?: { labels?: Record<string, string>; activeAt?: string };
}

/** What led to an alert, and to the time around a trace. */
const AROUND_MS = 15 * 60_000;

export function searchFromQueries({ timeRange, targets }: QueriesContext = {}): string {
  const trace = traceFromTargets(targets);
  return searchPath({
    q: trace ? `trace:${trace}` : queryFromTargets(targets),
    trace,
    from: timeText(timeRange?.from),
    to: timeText(timeRange?.to),
  });
}

/** Undefined, hence no link, where there is no trace. */
export function searchFromTrace({ traceID, startTime, endTime }: TraceContext = {}): string | undefined {
  const trace = traceID?.toLowerCase().padStart(32, '0');
  if (!trace || startTime === undefined) {
    return undefined;
  }
  const [from, to] = [startTime / 1000, (endTime ?? startTime) / 1000].map(Math.round) as [number, number];
  return searchPath({ q: `trace:${trace}`, trace, from: from - AROUND_MS, to: to + AROUND_MS });
}

export function searchFromAlert({ instance }: AlertContext = {}, now = Date.now()): string {
  const { labels = {}, activeAt } = instance ?? {};
  const service = labels['service_name'] ?? labels['service'] ?? labels['app'] ?? labels['job'];
  const since = Date.parse(activeAt ?? '');
  // Go's zero time stands for an alert that has never fired.
  const isActive = since > 0;
  return searchPath({
    q: service ? queryFromTargets([{ expr: `service_name="${service}"` }]) : '',
    from: isActive ? since - AROUND_MS : 'now-1h',
    to: isActive ? Math.min(now, since + AROUND_MS) : 'now',
  });
}

export function addLinks(plugin: AppPlugin<AppSettings>): void {
  plugin
    .addLink<QueriesContext>({
      ...declared(PluginExtensionPoints.DashboardPanelMenu),
      icon: 'search',
      path: searchPath(),
      configure: (context) => ({ path: searchFromQueries(context) }),
    })
    .addLink<QueriesContext>({
      ...declared(PluginExtensionPoints.ExploreToolbarAction),
      icon: 'search',
      path: searchPath(),
      configure: (context) => ({ path: searchFromQueries(context) }),
    })
    .addLink<TraceContext>({
      ...declared(PluginExtensionPoints.TraceViewHeaderActions),
      icon: 'search',
      path: searchPath(),
      configure: (context) => {
        const path = searchFromTrace(context);
        return path === undefined ? undefined : { path };
      },
    })
    .addLink<AlertContext>({
      ...declared(PluginExtensionPoints.AlertInstanceAction),
      icon: 'search',
      path: searchPath(),
      configure: (context) => ({ path: searchFromAlert(context) }),
    })
    .addLink({
      ...declared(PluginExtensionPoints.CommandPalette),
      icon: 'search',
      path: searchPath(),
      configure: () => ({ category: BRAND }),
    });
}

/** A name, hence the same in every language. */
const BRAND = 'Obstack';

/** Texts and target as plugin.json declares them for this extension point. */
function declared(
  target: PluginExtensionPoints
): Pick<PluginExtensionAddedLinkConfig, 'title' | 'description' | 'targets'> {
  const found = pluginJson.extensions.addedLinks.find(({ targets }) => targets.includes(target));
  if (!found) {
    throw new Error(`plugin.json declares no link for ${target}`);
  }
  return found;
}

/** Relative times stay so; a DateTime is written as milliseconds since 1970. */
function timeText(time: RawTimeRange['from'] | undefined): string | number | undefined {
  return typeof time === 'string' ? time : time?.valueOf();
}

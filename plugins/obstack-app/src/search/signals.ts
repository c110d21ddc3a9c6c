import type { GrafanaTheme2, IconName } from '@grafana/data';
import { t } from '../i18n';
import type { SearchHistogram, SearchHit, SearchSource, Severity } from '@obstack/contracts/search';

type Signal = SearchHit['signal'];

/** Most severe last, so that it is drawn on top. */
export const SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const satisfies readonly Severity[];

/** As Grafana colours the levels of logs. */
export function severityColor(theme: GrafanaTheme2, severity: Severity | null): string {
  const { visualization } = theme;
  switch (severity) {
    case 'fatal':
      return visualization.getColorByName('purple');
    case 'error':
      return visualization.getColorByName('red');
    case 'warn':
      return visualization.getColorByName('orange');
    case 'info':
      return visualization.getColorByName('green');
    case 'debug':
      return visualization.getColorByName('blue');
    case 'trace':
      return visualization.getColorByName('light-blue');
    case null:
      return theme.isDark ? '#5f6470' : '#a9adb8';
  }
}

/** A series without severities takes its signal's colour. */
export function signalColor(theme: GrafanaTheme2, signal: Signal): string {
  const { visualization } = theme;
  return {
    logs: severityColor(theme, null),
    traces: visualization.getColorByName('semi-dark-blue'),
    metrics: visualization.getColorByName('semi-dark-orange'),
  }[signal];
}

export const SIGNAL_ICON: Readonly<Record<Signal, IconName>> = {
  logs: 'gf-logs',
  traces: 'gf-traces',
  metrics: 'chart-line',
};

export function signalName(signal: Signal): string {
  switch (signal) {
    case 'logs':
      return t('signal.logs', 'Logs');
    case 'traces':
      return t('signal.traces', 'Traces');
    case 'metrics':
      return t('signal.metrics', 'Metrics');
  }
}

/** Names of products are not translated. */
export const SOURCE_NAME: Readonly<Record<SearchSource, string>> = {
  loki: 'Loki',
  tempo: 'Tempo',
  prometheus: 'Prometheus',
  opensearch: 'OpenSearch',
};

export function unitName(unit: SearchHistogram['unit'], count: number): string {
  switch (unit) {
    case 'lines':
      return t('search.unit.lines', 'lines', { count });
    case 'spans':
      return t('search.unit.spans', 'spans', { count });
    case 'traces':
      return t('search.unit.traces', 'traces', { count });
    case 'series':
      return t('search.unit.series', 'series', { count });
  }
}

import React from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2, IconName } from '@grafana/data';
import { Icon, Tooltip, useStyles2 } from '@grafana/ui';
import type { SearchSource, SearchSourceState, SearchSourceStatus } from '@obstack/contracts/search';
import { t } from '../i18n';
import { testIds } from '../testIds';
import { formatMs } from './format';
import { SOURCES } from './results';
import { SOURCE_NAME } from './signals';

/** What each source had to say: who has answered, who is missing, and why. */
export function SourceStrip({ sources, running }: { sources: readonly SearchSourceStatus[]; running: boolean }) {
  const styles = useStyles2(getStyles);
  return (
    <ul
      className={styles.strip}
      aria-label={t('search.sources.label', 'Sources')}
      aria-busy={running}
      data-testid={testIds.search.sources}
    >
      {running &&
        ALWAYS_ASKED.filter((name) => !sources.some(({ source }) => source === name)).map((name) => (
          <li key={name} style={{ order: order(name) }}>
            <span className={cx(styles.source, styles.quiet)}>
              <Icon name="clock-nine" size="sm" />
              {SOURCE_NAME[name]}
              <span className={styles.detail}>…</span>
            </span>
          </li>
        ))}
      {sources.map((source) => (
        <li key={source.source} style={{ order: order(source.source) }}>
          <Source {...source} />
        </li>
      ))}
    </ul>
  );
}

/** Those that every installation has: until one has answered, it is seen to be silent. */
const ALWAYS_ASKED = ['loki', 'tempo', 'prometheus'] as const;

const order = (source: SearchSource) => SOURCES.indexOf(source);

function Source({ source, status, reason, durationMs, firstHitMs }: SearchSourceStatus) {
  const styles = useStyles2(getStyles);
  const { icon, tone } = LOOK[status];
  const facts = [
    stateName(status),
    reason,
    firstHitMs !== null && t('search.sources.first', 'First result after {{time}}.', { time: formatMs(firstHitMs) }),
  ].filter((fact) => typeof fact === 'string');
  return (
    <Tooltip content={facts.join(' ')}>
      {/* Focusable, for the tooltip holds what is nowhere else on the page. */}
      <span tabIndex={0} className={cx(styles.source, styles[tone])} data-testid={testIds.search.source(source)}>
        <Icon name={icon} size="sm" />
        {SOURCE_NAME[source]}
        <span className={styles.detail}>{status === 'ok' ? formatMs(durationMs) : shortStateName(status)}</span>
      </span>
    </Tooltip>
  );
}

type Tone = 'good' | 'quiet' | 'warning' | 'bad';

const LOOK: Readonly<Record<SearchSourceState, { icon: IconName; tone: Tone }>> = {
  ok: { icon: 'check', tone: 'good' },
  partial: { icon: 'exclamation-circle', tone: 'warning' },
  'timed-out': { icon: 'clock-nine', tone: 'bad' },
  failed: { icon: 'exclamation-triangle', tone: 'bad' },
  'not-configured': { icon: 'minus-circle', tone: 'quiet' },
  'not-allowed': { icon: 'lock', tone: 'warning' },
};

function shortStateName(status: SearchSourceState): string {
  switch (status) {
    case 'ok':
      return t('search.sources.ok-short', 'answered');
    case 'partial':
      return t('search.sources.partial-short', 'partial');
    case 'timed-out':
      return t('search.sources.timed-out-short', 'timed out');
    case 'failed':
      return t('search.sources.failed-short', 'failed');
    case 'not-configured':
      return t('search.sources.not-configured-short', 'not set up');
    case 'not-allowed':
      return t('search.sources.not-allowed-short', 'not allowed');
  }
}

function stateName(status: SearchSourceState): string {
  switch (status) {
    case 'ok':
      return t('search.sources.ok', 'Answered in full.');
    case 'partial':
      return t('search.sources.partial', 'There may be more than it could say.');
    case 'timed-out':
      return t('search.sources.timed-out', 'Did not answer in time; what it sent before counts.');
    case 'failed':
      return t('search.sources.failed', 'Failed; what it sent before counts.');
    case 'not-configured':
      return t('search.sources.not-configured', 'This installation has no such store.');
    case 'not-allowed':
      return t('search.sources.not-allowed', 'You may not read this signal.');
  }
}

const getStyles = (theme: GrafanaTheme2) => ({
  strip: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(0.5, 2),
    minHeight: theme.spacing(3),
    listStyle: 'none',
  }),
  source: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.primary,
    cursor: 'default',
  }),
  detail: css({ minWidth: '6ch', color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums' }),
  good: css({ svg: { color: theme.colors.success.text } }),
  quiet: css({ color: theme.colors.text.secondary }),
  warning: css({ svg: { color: theme.colors.warning.text } }),
  bad: css({ svg: { color: theme.colors.error.text } }),
});

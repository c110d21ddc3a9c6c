import React, { memo } from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import { Icon, useStyles2, useTheme2 } from '@grafana/ui';
import type { SearchHit } from '@obstack/contracts/search';
import { testIds } from '../testIds';
import { formatMs, formatTime } from './format';
import { HitDetails } from './HitDetails';
import type { HitView } from './search-url';
import { severityColor, SIGNAL_ICON, signalColor, signalName } from './signals';

interface Props {
  hit: SearchHit;
  isOpen: boolean;
  timeZone: TimeZone;
  withDate: boolean;
  query: string;
  /** Which part of the open one shows; without it, its fields alone. */
  view?: HitView;
  onOpen: (id: string) => void;
  onQuery: (query: string) => void;
  onView?: (view: HitView) => void;
}

export const HitRow = memo(function HitRow(props: Props) {
  const { hit, isOpen, timeZone, withDate, query, view, onOpen, onQuery, onView } = props;
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const { signal, severity, service, title, durationMs } = hit;
  const color = severity ? severityColor(theme, severity) : signalColor(theme, signal);
  return (
    <li className={cx(styles.item, isOpen && styles.open)} data-testid={testIds.search.hit}>
      <button
        type="button"
        data-hit
        className={styles.row}
        aria-expanded={isOpen}
        onClick={() => onOpen(isOpen ? '' : hit.id)}
      >
        <span className={styles.mark} style={{ background: color }} title={severity ?? undefined} />
        <span className={styles.time}>{formatTime(hit.time, timeZone, withDate)}</span>
        <Icon name={SIGNAL_ICON[signal]} size="sm" className={styles.icon} title={signalName(signal)} />
        <span className={styles.service}>{service ?? ''}</span>
        <span className={styles.title}>
          {/* The colour says it too, and a colour is not enough. */}
          {severity && RANK_SHOWN.has(severity) && (
            <span className={styles.severity} style={{ color: readable(theme, severity) }}>
              {severity}{' '}
            </span>
          )}
          {title}
        </span>
        <span className={styles.figure}>{durationMs === null ? null : formatMs(durationMs)}</span>
      </button>
      {isOpen && <HitDetails hit={hit} query={query} view={view} onQuery={onQuery} onView={onView} />}
    </li>
  );
});

const RANK_SHOWN: ReadonlySet<SearchHit['severity']> = new Set(['warn', 'error', 'fatal']);

/** The text colours of the theme have the contrast that the colours of charts lack. */
const readable = (theme: GrafanaTheme2, severity: SearchHit['severity']) =>
  severity === 'warn' ? theme.colors.warning.text : theme.colors.error.text;

const getStyles = (theme: GrafanaTheme2) => ({
  item: css({
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    // Rows out of sight cost no layout.
    contentVisibility: 'auto',
    containIntrinsicSize: `auto ${theme.spacing(3.5)}`,
  }),
  open: css({ background: theme.colors.background.secondary }),
  row: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    width: '100%',
    height: theme.spacing(3.5),
    padding: theme.spacing(0, 1, 0, 0),
    border: 'none',
    background: 'none',
    color: theme.colors.text.primary,
    textAlign: 'left',
    // On the lighter ground the quiet colours would lack contrast.
    '&:hover': { background: theme.colors.action.hover, '> *': { color: theme.colors.text.primary } },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  }),
  mark: css({ alignSelf: 'stretch', width: 3, margin: '2px 0', borderRadius: 2, flexShrink: 0 }),
  time: css({
    flexShrink: 0,
    color: theme.colors.text.secondary,
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  icon: css({ flexShrink: 0, color: theme.colors.text.secondary }),
  service: css({
    flexShrink: 0,
    width: theme.spacing(14),
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  }),
  severity: css({ marginRight: theme.spacing(1), fontWeight: theme.typography.fontWeightMedium }),
  title: css({
    flex: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  figure: css({
    flexShrink: 0,
    color: theme.colors.text.secondary,
    fontVariantNumeric: 'tabular-nums',
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});

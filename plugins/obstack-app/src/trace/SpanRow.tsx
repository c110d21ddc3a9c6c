import React, { memo } from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import { t } from '../i18n';
import { formatMs } from '../search/format';
import { testIds } from '../testIds';
import type { Span } from './trace';

export const ROW_HEIGHT = 26;

interface Props {
  span: Span;
  id: string;
  /** Of the whole trace. */
  durationMs: number;
  color: string;
  /** The one that the keyboard is at. */
  isActive: boolean;
  /** The one whose details are open. */
  isOpen: boolean;
  isCollapsed: boolean;
  /** Something is looked for, and this is not it. */
  isDimmed: boolean;
  onOpen: (span: Span) => void;
  onToggle: (span: Span) => void;
}

/** One span: its place in the tree to the left, its time to the right. */
export const SpanRow = memo(function SpanRow(props: Props) {
  const { span, id, durationMs, color, isActive, isOpen, isCollapsed, isDimmed, onOpen, onToggle } = props;
  const styles = useStyles2(getStyles);
  const share = (ms: number) => `${(durationMs > 0 ? ms / durationMs : 0) * 100}%`;
  const place = placeOf(span.startMs / (durationMs || 1), (span.startMs + span.durationMs) / (durationMs || 1));
  const hasChildren = span.descendants > 0;
  return (
    // The keys are the tree's, which holds the focus for all of its rows.
    <div
      id={id}
      role="treeitem"
      aria-level={span.depth + 1}
      aria-selected={isOpen}
      aria-expanded={hasChildren ? !isCollapsed : undefined}
      aria-label={labelOf(span)}
      className={cx(styles.row, isActive && 'active', isOpen && styles.open, isDimmed && styles.dimmed)}
      data-testid={testIds.trace.span}
      onClick={() => onOpen(span)}
    >
      {/* Deep calls are not pushed out of sight by their own depth. */}
      <span className={styles.name} style={{ paddingLeft: Math.min(span.depth, MAX_INDENT) * 12 }}>
        {hasChildren ? (
          <span
            className={styles.toggle}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(span);
            }}
          >
            <Icon name={isCollapsed ? 'angle-right' : 'angle-down'} />
          </span>
        ) : (
          <span className={styles.toggle} />
        )}
        <span className={styles.service} style={{ background: color }} />
        {span.isError && <Icon name="exclamation-circle" size="sm" className={styles.error} />}
        <span className={styles.text}>
          <span className={cx('quiet', styles.quiet)}>{span.service}</span> {span.name}
        </span>
        {isCollapsed && <span className={cx('quiet', styles.quiet)}>+{span.descendants}</span>}
      </span>
      <span className={styles.time}>
        <span
          className={cx(styles.bar, span.isError && styles.failed)}
          style={{ left: share(span.startMs), width: share(span.durationMs), background: color }}
        />
        {span.critical.map(([from, to]) => (
          <span key={from} className={styles.critical} style={{ left: share(from), width: share(to - from) }} />
        ))}
        <span className={cx(styles.duration, place === 'within' && styles.within)} style={PLACE[place](share, span)}>
          {formatMs(span.durationMs)}
        </span>
      </span>
    </div>
  );
});

const MAX_INDENT = 16;

/** Where there is room for a bar's duration: after it, before it, or else in it. Shares of the whole. */
function placeOf(start: number, end: number): keyof typeof PLACE {
  if (end < 0.8) {
    return 'after';
  }
  return start > 0.2 ? 'before' : 'within';
}

type Share = (ms: number) => string;

const PLACE = {
  after: (share: Share, span: Span) => ({ left: `calc(${share(span.startMs + span.durationMs)} + 6px)` }),
  before: (share: Share, span: Span) => ({ right: `calc(100% - ${share(span.startMs)} + 6px)` }),
  within: (share: Share, span: Span) => ({ right: `calc(100% - ${share(span.startMs + span.durationMs)} + 6px)` }),
};

function labelOf(span: Span): string {
  const facts = [
    `${span.service} ${span.name}`,
    formatMs(span.durationMs),
    span.isError && t('trace.span.error', 'failed'),
    span.critical.length > 0 && t('trace.span.critical', 'on the critical path'),
    span.isOrphan && t('trace.span.orphan', 'its parent is not in the trace'),
  ];
  return facts.filter(Boolean).join(', ');
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({
    display: 'grid',
    gridTemplateColumns: 'var(--name-width) minmax(0, 1fr)',
    height: ROW_HEIGHT,
    alignItems: 'center',
    cursor: 'pointer',
    fontSize: theme.typography.bodySmall.fontSize,
    '&:hover': { background: theme.colors.action.hover, '.quiet': { color: theme.colors.text.primary } },
    '[role=tree]:focus-visible &.active': {
      outline: `2px solid ${theme.colors.primary.border}`,
      outlineOffset: -2,
    },
  }),
  // On the lighter ground the quiet colour would lack contrast.
  open: css({ background: theme.colors.action.selected, '.quiet': { color: theme.colors.text.primary } }),
  dimmed: css({ opacity: 0.45 }),
  name: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    minWidth: 0,
    height: '100%',
    paddingRight: theme.spacing(1),
    borderRight: `1px solid ${theme.colors.border.weak}`,
  }),
  toggle: css({ width: 16, flexShrink: 0, display: 'inline-flex', color: theme.colors.text.secondary }),
  service: css({ width: 4, alignSelf: 'stretch', margin: '5px 2px 5px 0', borderRadius: 2, flexShrink: 0 }),
  error: css({ color: theme.colors.error.text, flexShrink: 0 }),
  text: css({ flex: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
  quiet: css({ color: theme.colors.text.secondary }),
  time: css({
    position: 'relative',
    height: '100%',
    margin: theme.spacing(0, 1),
    // The quarters of the trace, as in the head.
    backgroundImage: `linear-gradient(90deg, ${theme.colors.border.weak} 1px, transparent 1px)`,
    backgroundSize: '25% 100%',
  }),
  bar: css({ position: 'absolute', top: 4, bottom: 5, minWidth: 2, borderRadius: 2 }),
  failed: css({ outline: `2px solid ${theme.colors.error.border}` }),
  critical: css({
    position: 'absolute',
    bottom: 2,
    height: 3,
    minWidth: 1,
    background: theme.colors.text.maxContrast,
  }),
  duration: css({
    position: 'absolute',
    top: 0,
    lineHeight: `${ROW_HEIGHT - 1}px`,
    whiteSpace: 'nowrap',
    color: theme.colors.text.primary,
    fontVariantNumeric: 'tabular-nums',
    pointerEvents: 'none',
  }),
  // A ground of its own: not every colour of a bar has the contrast.
  within: css({
    top: 5,
    padding: theme.spacing(0, 0.5),
    lineHeight: `${ROW_HEIGHT - 11}px`,
    borderRadius: 2,
    background: theme.colors.background.primary,
  }),
});

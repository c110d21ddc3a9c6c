import React, { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useState } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Button, FilterInput, useStyles2, useTheme2 } from '@grafana/ui';
import { t } from '../i18n';
import { formatMs } from '../search/format';
import { testIds } from '../testIds';
import { serviceColors } from './service-colors';
import { ROW_HEIGHT, SpanRow } from './SpanRow';
import { isFound, type Span, type Trace, visibleSpans } from './trace';
import { useWindow } from './use-window';

interface Props {
  trace: Trace;
  /** The id of the span whose details are open; none when empty. */
  open: string;
  onOpen: (spanId: string) => void;
}

/**
 * The spans of a trace over time. A tree to the keyboard: up and down from span to span, left and right to fold and unfold,
 * Enter for its details, Escape to close them. Only the rows in sight exist, so that its size does not matter.
 */
export function Waterfall({ trace, open, onOpen }: Props) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const id = useId();
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [wanted, setWanted] = useState('');

  const { spans, durationMs } = trace;
  const visible = useMemo(() => visibleSpans(spans, collapsed), [spans, collapsed]);
  const [activeId, setActiveId] = useState(open || spans[0]!.id);
  // What is opened from elsewhere, as by Back, is where the keyboard goes on.
  const [lastOpen, setLastOpen] = useState(open);
  if (open !== lastOpen) {
    setLastOpen(open);
    setActiveId(open || activeId);
  }
  const activeRow = Math.max(
    0,
    visible.findIndex((at) => spans[at]!.id === activeId)
  );
  const colors = useMemo(() => serviceColors(theme, trace.services), [theme, trace.services]);
  const found = useMemo(
    () => (wanted ? new Set(spans.filter((span) => isFound(span, wanted)).map((span) => span.id)) : null),
    [spans, wanted]
  );
  const { scroller, first, last, show } = useWindow<HTMLDivElement>(ROW_HEIGHT, visible.length);

  const goTo = (row: number) => {
    const at = Math.min(visible.length - 1, Math.max(0, row));
    const span = spans[visible[at]!]!;
    setActiveId(span.id);
    show(at);
    if (open) {
      onOpen(span.id);
    }
  };

  // What the link says may be out of sight; folding, which moves it, must not scroll.
  const openRow = visible.findIndex((at) => spans[at]!.id === open);
  useEffect(() => {
    if (openRow >= 0) {
      show(openRow);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [open, show]);

  // Its keys work as soon as it is there.
  useEffect(() => scroller.current?.focus({ preventScroll: true }), [scroller]);

  const toggle = useCallback(
    (span: Span) =>
      setCollapsed((before) => {
        const after = new Set(before);
        if (!after.delete(span.id)) {
          after.add(span.id);
        }
        return after;
      }),
    []
  );
  const openSpan = useCallback(
    (span: Span) => {
      setActiveId(span.id);
      onOpen(span.id);
      scroller.current?.focus();
    },
    [onOpen, scroller]
  );

  /** The next one, below or else from the top, that is as asked; what hides it is unfolded. */
  const goToNext = (isWanted: (span: Span) => boolean) => {
    const from = spans.findIndex((span) => span.id === activeId);
    const next = [...spans.slice(from + 1), ...spans.slice(0, from + 1)].find(isWanted);
    if (!next) {
      return;
    }
    setCollapsed(withoutAncestors(collapsed, spans, next));
    setActiveId(next.id);
    onOpen(next.id);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const span = spans[visible[activeRow]!]!;
    const isFolded = collapsed.has(span.id);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 1);
    const actions: Record<string, (() => void) | undefined> = {
      ArrowDown: () => goTo(activeRow + 1),
      j: () => goTo(activeRow + 1),
      ArrowUp: () => goTo(activeRow - 1),
      k: () => goTo(activeRow - 1),
      PageDown: () => goTo(activeRow + page),
      PageUp: () => goTo(activeRow - page),
      Home: () => goTo(0),
      End: () => goTo(visible.length - 1),
      ArrowRight: () => (isFolded ? toggle(span) : span.descendants > 0 && goTo(activeRow + 1)),
      ArrowLeft: () =>
        span.descendants > 0 && !isFolded ? toggle(span) : span.parent >= 0 && goTo(visible.indexOf(span.parent)),
      Enter: () => onOpen(open === span.id ? '' : span.id),
      ' ': () => onOpen(open === span.id ? '' : span.id),
      // What lies around it closes with the next one.
      Escape: open ? () => onOpen('') : undefined,
    };
    const act = actions[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  };

  const isActiveShown = activeRow >= first && activeRow < last;
  const rowId = (row: number) => `${id}-${row}`;
  return (
    <div className={styles.box}>
      <div className={styles.bar}>
        <div className={styles.find}>
          <FilterInput
            value={wanted}
            onChange={setWanted}
            escapeRegex={false}
            placeholder={t('trace.find', 'Find a span: name, service, attribute')}
            aria-label={t('trace.find', 'Find a span: name, service, attribute')}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && found) {
                goToNext((span) => found.has(span.id));
              }
            }}
          />
        </div>
        <span role="status" className={styles.quiet}>
          {found && t('trace.found', '{{count}} found', { count: found.size })}
        </span>
        {trace.errors > 0 && (
          <Button size="sm" variant="secondary" icon="exclamation-circle" onClick={() => goToNext((s) => s.isError)}>
            <Trans i18nKey="trace.next-error">Next error</Trans>
          </Button>
        )}
        <ul className={styles.legend} aria-label={t('trace.services', 'Services')}>
          {trace.services.map((service) => (
            <li key={service}>
              <span className={styles.dot} style={{ background: colors.get(service) }} />
              {service || t('trace.no-service', 'no service')}
            </li>
          ))}
          <li>
            <span className={styles.criticalMark} />
            <Trans i18nKey="trace.critical">Critical path</Trans>
          </li>
        </ul>
      </div>
      <div className={styles.head} aria-hidden>
        <span />
        <span className={styles.axis}>
          {[0, 0.25, 0.5].map((at) => (
            <span key={at}>{formatMs(at * durationMs)}</span>
          ))}
          <span className={styles.end}>{formatMs(durationMs)}</span>
        </span>
      </div>
      <div
        ref={scroller}
        className={styles.rows}
        role="tree"
        tabIndex={0}
        aria-label={t('trace.spans', 'Spans')}
        aria-activedescendant={isActiveShown ? rowId(activeRow) : undefined}
        data-testid={testIds.trace.waterfall}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" style={{ height: visible.length * ROW_HEIGHT, paddingTop: first * ROW_HEIGHT }}>
          {visible.slice(first, last).map((at, offset) => {
            const span = spans[at]!;
            return (
              <SpanRow
                key={span.id}
                id={rowId(first + offset)}
                span={span}
                durationMs={durationMs}
                color={colors.get(span.service)!}
                isActive={first + offset === activeRow}
                isOpen={span.id === open}
                isCollapsed={collapsed.has(span.id)}
                isDimmed={found !== null && !found.has(span.id)}
                onOpen={openSpan}
                onToggle={toggle}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function withoutAncestors(collapsed: ReadonlySet<string>, spans: readonly Span[], span: Span): ReadonlySet<string> {
  const open = new Set(collapsed);
  for (let at = span.parent; at >= 0; at = spans[at]!.parent) {
    open.delete(spans[at]!.id);
  }
  return open;
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    display: 'flex',
    flexDirection: 'column',
    minHeight: 0,
    minWidth: 0,
    flex: 1,
    '--name-width': 'clamp(180px, 42%, 480px)',
  }),
  bar: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1, 2),
    paddingBottom: theme.spacing(1),
  }),
  find: css({ width: theme.spacing(38), maxWidth: '100%' }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  legend: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5, 2),
    listStyle: 'none',
    fontSize: theme.typography.bodySmall.fontSize,
    li: { display: 'flex', alignItems: 'center', gap: theme.spacing(0.5) },
  }),
  dot: css({ width: 10, height: 10, borderRadius: 2 }),
  criticalMark: css({ width: 14, height: 3, background: theme.colors.text.maxContrast }),
  head: css({
    display: 'grid',
    gridTemplateColumns: 'var(--name-width) minmax(0, 1fr)',
    paddingBottom: theme.spacing(0.5),
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
  }),
  axis: css({
    position: 'relative',
    display: 'grid',
    gridTemplateColumns: 'repeat(4, 1fr)',
    margin: theme.spacing(0, 1),
    whiteSpace: 'nowrap',
  }),
  end: css({ position: 'absolute', right: 0, background: theme.colors.background.primary }),
  rows: css({
    flex: 1,
    minHeight: ROW_HEIGHT * 3,
    overflow: 'auto',
    '&:focus-visible': { outline: 'none' },
  }),
});

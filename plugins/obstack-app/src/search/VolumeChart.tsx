import React, { type PointerEvent, useRef, useState } from 'react';
import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import { useStyles2, useTheme2 } from '@grafana/ui';
import type { SearchHistogram, Severity } from '@obstack/contracts/search';
import { t } from '../i18n';
import { testIds } from '../testIds';
import { formatCount } from './format';
import { SEVERITIES, severityColor, signalColor, signalName, SOURCE_NAME, unitName } from './signals';

interface Props {
  histograms: readonly SearchHistogram[];
  /** A lane is kept free for each of these until it comes. */
  pending: ReadonlyArray<SearchHistogram['signal']>;
  range: TimeRange;
  timeZone: TimeZone;
  /** Milliseconds since 1970. */
  onZoom: (from: number, to: number) => void;
}

/** How much there is over time: a lane for each source, all on one time axis. Dragging over it narrows the time. */
export function VolumeChart({ histograms, pending, range, timeZone, onZoom }: Props) {
  const styles = useStyles2(getStyles);
  const from = range.from.valueOf();
  const to = range.to.valueOf();
  const plot = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<[number, number] | null>(null);

  const share = ({ clientX }: PointerEvent) => {
    const { left, width } = plot.current!.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width));
  };
  const finish = () => {
    if (drag) {
      const [a, b] = [Math.min(...drag), Math.max(...drag)];
      // A click is not a choice of time.
      if (b - a > 0.005) {
        onZoom(Math.round(from + a * (to - from)), Math.round(from + b * (to - from)));
      }
    }
    setDrag(null);
  };

  const withDate = to - from > 24 * 3600_000;
  const lanes = SIGNALS.flatMap((signal): Array<{ key: string; histogram?: SearchHistogram }> => {
    const found = histograms.filter((histogram) => histogram.signal === signal);
    const isFree = found.length === 0 && pending.includes(signal);
    return isFree ? [{ key: signal }] : found.map((histogram) => ({ key: histogram.source, histogram }));
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, time: from + at * (to - from) }));

  return (
    <section
      className={styles.chart}
      aria-label={t('search.volume.label', 'Volume over time')}
      data-testid={testIds.search.volume}
    >
      <div className={styles.legend}>
        {lanes.map(({ key, histogram }) =>
          histogram ? <LaneName key={key} {...histogram} /> : <div key={key} className={styles.lane} />
        )}
      </div>
      <div
        ref={plot}
        className={styles.plot}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture?.(event.pointerId);
          setDrag([share(event), share(event)]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], share(event)])}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(null)}
      >
        {lanes.map(({ key, histogram }) => (
          <div key={key} className={styles.lane}>
            {histogram && <Lane histogram={histogram} from={from} to={to} timeZone={timeZone} />}
          </div>
        ))}
        <div className={styles.axis} aria-hidden>
          {ticks.map(({ at, time }) => (
            <span key={at}>{dateTimeFormat(time, { timeZone, format: withDate ? 'MM-DD HH:mm' : 'HH:mm:ss' })}</span>
          ))}
        </div>
        {drag && (
          <div
            className={styles.selection}
            style={{ left: `${Math.min(...drag) * 100}%`, width: `${Math.abs(drag[1] - drag[0]) * 100}%` }}
          />
        )}
      </div>
    </section>
  );
}

const SIGNALS = ['logs', 'traces', 'metrics'] as const;

function LaneName(histogram: SearchHistogram) {
  const styles = useStyles2(getStyles);
  const { source, signal, unit, basis } = histogram;
  const total = totalOf(histogram);
  return (
    <div className={styles.lane} title={SOURCE_NAME[source]}>
      <span className={styles.laneName}>{signalName(signal)}</span>
      <span className={styles.laneTotal}>
        {formatCount(total)} {unitName(unit, total)}
        {basis === 'hits' && ` ${t('search.volume.shown', 'shown')}`}
      </span>
    </div>
  );
}

interface LaneProps {
  histogram: SearchHistogram;
  from: number;
  to: number;
  timeZone: TimeZone;
}

function Lane({ histogram, from, to, timeZone }: LaneProps) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const { source, signal, unit, series, start, stepMs } = histogram;
  const first = Date.parse(start);
  const ordered = [...series].sort((a, b) => order(a.severity) - order(b.severity));
  const sums = sumsOf(histogram);
  const most = Math.max(1, ...sums);
  const total = totalOf(histogram);
  const hasSeverities = series.some(({ severity }) => severity !== null);

  // A unit of x is a millisecond, a unit of y the share of the tallest bucket.
  const bars = sums.map((sum, at) => {
    let base = 0;
    const x = first + at * stepMs;
    return (
      sum > 0 && (
        <g key={at}>
          <title>{`${dateTimeFormat(x, { timeZone })}: ${sum} ${unitName(unit, sum)}`}</title>
          {ordered.map(({ severity, counts }) => {
            const count = counts[at] ?? 0;
            // What is rare is what is looked for: it stays visible beside the many.
            const height = count > 0 ? Math.max(count / most, 0.03) : 0;
            base += height;
            return (
              count > 0 && (
                <rect
                  key={severity ?? ''}
                  x={x - from}
                  width={stepMs * 0.88}
                  y={1 - Math.min(1, base)}
                  height={height}
                  fillOpacity={severity && LOUD.has(severity) ? 1 : 0.55}
                  fill={hasSeverities ? severityColor(theme, severity) : signalColor(theme, signal)}
                />
              )
            );
          })}
          <rect x={x - from} width={stepMs} y={0} height={1} fill="transparent" />
        </g>
      )
    );
  });

  return (
    <svg
      className={styles.svg}
      viewBox={`0 0 ${to - from} 1`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t('search.volume.lane', '{{signal}}: {{total}} {{unit}}, at most {{most}} at once', {
        signal: signalName(signal),
        total,
        unit: unitName(unit, total),
        most,
      })}
      data-testid={testIds.search.lane(source)}
    >
      {bars}
    </svg>
  );
}

/** What somebody who was paged looks for stands out from all the rest. */
const LOUD: ReadonlySet<Severity> = new Set(['warn', 'error', 'fatal']);

const order = (severity: SearchHistogram['series'][number]['severity']) =>
  severity === null ? -1 : SEVERITIES.indexOf(severity);

/** Lines and spans add up over time; series are the same ones in each bucket, so the most at once counts. */
function totalOf(histogram: SearchHistogram): number {
  const sums = sumsOf(histogram);
  return histogram.unit === 'series' ? Math.max(0, ...sums) : sums.reduce((a, b) => a + b, 0);
}

function sumsOf({ series }: SearchHistogram): number[] {
  const buckets = Math.max(0, ...series.map(({ counts }) => counts.length));
  return Array.from({ length: buckets }, (_, at) => series.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0));
}

const getStyles = (theme: GrafanaTheme2) => ({
  chart: css({ display: 'flex', gap: theme.spacing(1) }),
  legend: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5), width: theme.spacing(14) }),
  plot: css({
    position: 'relative',
    flex: 1,
    minWidth: 0,
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(0.5),
    cursor: 'crosshair',
    touchAction: 'none',
    userSelect: 'none',
  }),
  lane: css({
    height: theme.spacing(4.5),
    display: 'flex',
    flexDirection: 'column',
    justifyContent: 'flex-end',
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
  laneName: css({ fontSize: theme.typography.bodySmall.fontSize, lineHeight: 1.2 }),
  laneTotal: css({
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: 1.4,
    color: theme.colors.text.secondary,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
  }),
  svg: css({ display: 'block', width: '100%', height: '100%', overflow: 'hidden' }),
  axis: css({
    display: 'flex',
    justifyContent: 'space-between',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
  }),
  selection: css({
    position: 'absolute',
    top: 0,
    bottom: 0,
    background: theme.colors.action.selected,
    borderInline: `1px solid ${theme.colors.primary.border}`,
    pointerEvents: 'none',
  }),
});

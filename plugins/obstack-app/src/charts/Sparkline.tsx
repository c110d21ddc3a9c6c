import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

interface Props {
  points: ReadonlyArray<readonly [at: number, value: number]>;
  /** Milliseconds since 1970: the width of the line. */
  from: number;
  to: number;
  /** A gap of more than this breaks the line. */
  stepMs: number;
  /** What it shows, in words. */
  label: string;
  color: string;
  /** Pixels. */
  height?: number;
  /** Where to draw an upright line. */
  markAt?: number;
}

/** The course of one value over time, as small as a word. It starts at zero, so that calm looks calm. */
export function Sparkline({ points, from, to, stepMs, label, color, height = 24, markAt }: Props) {
  const styles = useStyles2(getStyles);
  const most = Math.max(...points.map(([, value]) => value), 0) || 1;
  const x = (at: number) => ((at - from) / Math.max(1, to - from)) * WIDTH;
  const y = (value: number) => 1 + (1 - Math.max(0, value) / most) * (HEIGHT - 2);
  const runs = runsOf(points, stepMs * 2.5);
  return (
    <svg
      className={styles.chart}
      style={{ height }}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {runs.map((run) => {
        const line = run.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
        const [first, last] = [run[0]!, run[run.length - 1]!];
        return (
          <g key={first[0]}>
            <polygon
              points={`${x(first[0])},${HEIGHT} ${line} ${x(last[0])},${HEIGHT}`}
              fill={color}
              fillOpacity={0.15}
            />
            <polyline points={line} fill="none" stroke={color} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
          </g>
        );
      })}
      {markAt !== undefined && (
        <line
          className={styles.mark}
          x1={x(markAt)}
          x2={x(markAt)}
          y1={0}
          y2={HEIGHT}
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}

const WIDTH = 200;
const HEIGHT = 24;

type Points = Props['points'];

/** Cut where values are missing. */
export function runsOf(points: Points, gapMs: number): Points[] {
  const runs: Array<Array<Points[number]>> = [];
  points.forEach((point, at) => {
    const before = points[at - 1];
    if (!before || point[0] - before[0] > gapMs) {
      runs.push([]);
    }
    runs[runs.length - 1]!.push(point);
  });
  return runs;
}

const getStyles = (theme: GrafanaTheme2) => ({
  chart: css({ display: 'block', width: '100%', overflow: 'visible' }),
  mark: css({ stroke: theme.colors.text.secondary, strokeDasharray: '3 3' }),
});

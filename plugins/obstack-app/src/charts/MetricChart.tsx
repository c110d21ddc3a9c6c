import React, { useEffect, useState } from 'react';
import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import type { SearchHit } from '@obstack/contracts/search';
import { t } from '../i18n';
import { signalColor } from '../search/signals';
import { promRange, type Series, stepOf } from '../stores/prometheus';
import { testIds } from '../testIds';
import { Sparkline } from './Sparkline';

/** Before and after the hit. */
const AROUND_MS = 15 * 60_000;
const POINTS = 120;

type Answer = Series | 'none' | 'failed';

/** A metric that was found, around its time; a counter as what it grew by each second. */
export function MetricChart({ hit: { nativeQuery, title, time } }: { hit: SearchHit }) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const at = Date.parse(time);
  const range = { from: at - AROUND_MS, to: at + AROUND_MS };
  const stepMs = stepOf(range, POINTS);
  const query = chartQuery(title, nativeQuery);
  const [answer, setAnswer] = useState<{ query: string; answer: Answer }>();

  useEffect(() => {
    const asking = promRange(query, { from: at - AROUND_MS, to: at + AROUND_MS }, stepMs).subscribe({
      next: ([series]) => setAnswer({ query, answer: series ?? 'none' }),
      error: () => setAnswer({ query, answer: 'failed' }),
    });
    return () => asking.unsubscribe();
  }, [query, at, stepMs]);

  const shown = answer?.query === query ? answer.answer : undefined;
  if (shown === undefined || shown === 'none' || shown === 'failed') {
    return (
      <div className={styles.box} role="status">
        {shown === 'none' && t('chart.none', 'No values around this time.')}
        {shown === 'failed' && t('chart.failed', 'Its values could not be read.')}
      </div>
    );
  }
  const values = shown.points.map(([, value]) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)].map(formatValue);
  const time0 = (ms: number) => dateTimeFormat(ms, { format: 'HH:mm:ss' });
  return (
    <figure className={styles.figure} data-testid={testIds.search.metric}>
      <figcaption className={styles.caption}>
        <span>{query === nativeQuery ? title : t('chart.rate', '{{name}}, growth a second', { name: title })}</span>
        <span>{t('chart.between', 'between {{least}} and {{most}}', { least, most })}</span>
      </figcaption>
      <Sparkline
        points={shown.points}
        {...range}
        stepMs={stepMs}
        height={72}
        color={signalColor(theme, 'metrics')}
        label={t('chart.label', '{{name}}, between {{least}} and {{most}}', { name: title, least, most })}
        markAt={at}
      />
      <div className={styles.caption} aria-hidden>
        <span>{time0(range.from)}</span>
        <span>{time0(at)}</span>
        <span>{time0(range.to)}</span>
      </div>
    </figure>
  );
}

/** By the names that OpenMetrics gives them. */
export function chartQuery(name: string, selector: string): string {
  return /_(total|count|sum|bucket)$/.test(name) ? `rate(${selector}[2m])` : selector;
}

const formatValue = (value: number) => String(Number(value.toPrecision(3)));

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({ minHeight: theme.spacing(14), color: theme.colors.text.secondary }),
  figure: css({ margin: 0, minHeight: theme.spacing(14) }),
  caption: css({
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    gap: theme.spacing(0, 2),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
  }),
});

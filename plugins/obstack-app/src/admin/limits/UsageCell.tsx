import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, Tooltip, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import { useResource } from '../../api/use-resource';
import { testIds } from '../../testIds';
import { formatLimit } from './limit-names';
import { type MeasuredLimit, type Usage, usageOf } from './usage';

interface Props {
  limit: MeasuredLimit;
  /** Per second. */
  most: number;
}

/** From here on somebody should look at it. */
const NEAR = 0.8;

/** The use of one limit: its highest minute against what may be, and its course. */
export function UsageCell({ limit, most }: Props) {
  const styles = useStyles2(getStyles);
  const usage = useResource(limit, (signal) => usageOf(limit, signal));
  if (usage.failure) {
    return (
      <Tooltip content={usage.failure.message}>
        <span tabIndex={0} className={styles.failed}>
          <Icon name="exclamation-triangle" /> {t('admin.usage.failed', 'could not be read')}
        </span>
      </Tooltip>
    );
  }
  if (!usage.data) {
    return <span className={styles.quiet}>…</span>;
  }
  if (usage.data.length === 0) {
    return <span className={styles.quiet}>{t('admin.usage.none', 'nothing came in')}</span>;
  }
  const peak = Math.max(...usage.data);
  const latest = usage.data[usage.data.length - 1] ?? 0;
  const share = peak / most;
  return (
    <div className={styles.cell} data-testid={testIds.admin.limit(limit)}>
      <meter className={styles.meter} min={0} max={1} high={NEAR} optimum={0} value={Math.min(share, 1)}>
        {percent(share)}
      </meter>
      <span className={share >= NEAR ? styles.near : undefined}>
        {t('admin.usage.peak', '{{share}} at most, {{latest}} now', {
          share: percent(share),
          latest: formatLimit(limit, latest),
        })}
      </span>
      <Course usage={usage.data} />
    </div>
  );
}

/** A thought of how it went; the numbers beside it say how much. */
function Course({ usage }: { usage: Usage }) {
  const styles = useStyles2(getStyles);
  const most = Math.max(...usage) || 1;
  const points = usage.map((value, i) => `${(i / (usage.length - 1)) * WIDTH},${HEIGHT - (value / most) * HEIGHT}`);
  return usage.length < 2 ? null : (
    <svg className={styles.course} width={WIDTH} height={HEIGHT} aria-hidden>
      <polyline points={points.join(' ')} />
    </svg>
  );
}

const WIDTH = 120;
const HEIGHT = 18;

const percent = (share: number) =>
  new Intl.NumberFormat(undefined, { style: 'percent', maximumSignificantDigits: 2 }).format(share);

const getStyles = (theme: GrafanaTheme2) => ({
  cell: css({ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: theme.spacing(0, 1.5) }),
  meter: css({ width: theme.spacing(12) }),
  course: css({ overflow: 'visible', fill: 'none', stroke: theme.colors.primary.text, strokeWidth: 1.2 }),
  quiet: css({ color: theme.colors.text.secondary }),
  near: css({ color: theme.colors.warning.text }),
  failed: css({ color: theme.colors.error.text }),
});

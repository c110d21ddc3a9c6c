import React from 'react';
import { css, keyframes } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { t } from '../i18n';
import { testIds } from '../testIds';

/** Where rows will be: it has their height, so that nothing jumps when they come. */
export function Loading({ rows = 12 }: { rows?: number }) {
  const styles = useStyles2(getStyles);
  return (
    <div role="status" aria-label={t('states.loading.label', 'Loading')} data-testid={testIds.states.loading}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={styles.row}>
          <div className={styles.bar} style={{ width: `${90 - ((row * 37) % 45)}%` }} />
        </div>
      ))}
    </div>
  );
}

const pulse = keyframes({ '50%': { opacity: 0.4 } });

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({ height: theme.spacing(3.5), display: 'flex', alignItems: 'center', padding: theme.spacing(0, 1) }),
  bar: css({
    height: theme.spacing(1),
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
    [theme.transitions.handleMotion('no-preference')]: { animation: `${pulse} 1.6s ease-in-out infinite` },
  }),
});

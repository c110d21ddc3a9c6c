import React, { type ReactNode } from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Button, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import { testIds } from '../../testIds';

/** Filters at the left, what can be done at the right. */
export function Toolbar({ children, actions }: { children?: ReactNode; actions?: ReactNode }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.bar}>
      <div className={cx(styles.side, styles.filters)}>{children}</div>
      <div className={cx(styles.side, styles.actions)}>{actions}</div>
    </div>
  );
}

interface SelectionProps {
  count: number;
  onClear: () => void;
  /** What can be done with all of them. */
  children: ReactNode;
}

/** How many rows are selected, and what can be done with them; nothing while there are none. */
export function SelectionBar({ count, onClear, children }: SelectionProps) {
  const styles = useStyles2(getStyles);
  return count === 0 ? null : (
    <div className={styles.selection} role="status" data-testid={testIds.admin.selection}>
      <span>{t('admin.selection.selected', '{{count}} selected', { count })}</span>
      {children}
      <Button size="sm" fill="text" variant="secondary" onClick={onClear}>
        <Trans i18nKey="admin.selection.clear">Clear</Trans>
      </Button>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(1.5),
  }),
  side: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1) }),
  filters: css({ flex: 1, minWidth: 0 }),
  actions: css({ flex: 'none', marginLeft: 'auto', alignItems: 'flex-start' }),
  selection: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(0.5, 1),
    marginBottom: theme.spacing(1),
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
  }),
});

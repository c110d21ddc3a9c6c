import React, { type ReactNode } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2, IconName } from '@grafana/data';
import { Icon, Text, useStyles2 } from '@grafana/ui';

interface Props {
  icon: IconName;
  tone?: 'neutral' | 'warning' | 'error';
  title: string;
  /** What to do about it. */
  children?: ReactNode;
  action?: ReactNode;
  role?: 'status' | 'alert';
  testId: string;
}

/** The one shape of everything a page says instead of its content: what is the matter, and its remedy. */
export function StateMessage({ icon, tone = 'neutral', title, children, action, role = 'status', testId }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} role={role} data-testid={testId}>
      <div className={styles[tone]}>
        <Icon name={icon} size="xxxl" />
      </div>
      <Text element="h2" variant="h4">
        {title}
      </Text>
      {children && <div className={styles.remedy}>{children}</div>}
      {action}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    gap: theme.spacing(1.5),
    padding: theme.spacing(6, 2),
    textAlign: 'center',
  }),
  remedy: css({ maxWidth: '64ch', color: theme.colors.text.secondary, overflowWrap: 'anywhere' }),
  neutral: css({ color: theme.colors.text.secondary }),
  warning: css({ color: theme.colors.warning.text }),
  error: css({ color: theme.colors.error.text }),
});

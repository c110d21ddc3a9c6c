import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2, IconName } from '@grafana/data';
import { t } from '../i18n';
import { Icon, useStyles2 } from '@grafana/ui';
import { testIds } from '../testIds';
import type { Finding } from './connection-test';

/** What a connection test found, one line each. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  const styles = useStyles2(getStyles);
  // A list within it: a `ul` that is a status itself would be no list any more.
  return (
    <div role="status" data-testid={testIds.config.findings}>
      <ul className={styles.list} aria-label={t('connection.findings', 'What the test found')}>
        {findings.map(({ severity, title, detail }) => (
          <li key={title} className={styles.finding}>
            <span className={styles[severity]}>
              <Icon name={ICON[severity]} title={severity} />
            </span>
            <div>
              {title}
              {detail && <div className={styles.detail}>{detail}</div>}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

const ICON: Readonly<Record<Finding['severity'], IconName>> = {
  success: 'check-circle',
  info: 'info-circle',
  warning: 'exclamation-circle',
  error: 'exclamation-triangle',
};

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', display: 'grid', gap: theme.spacing(1) }),
  finding: css({ display: 'flex', gap: theme.spacing(1) }),
  detail: css({ color: theme.colors.text.secondary, overflowWrap: 'anywhere' }),
  success: css({ color: theme.colors.success.text }),
  info: css({ color: theme.colors.info.text }),
  warning: css({ color: theme.colors.warning.text }),
  error: css({ color: theme.colors.error.text }),
});

import React, { type ReactNode } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Alert, Button, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import type { List } from '../../api/use-list';
import { FailureState } from '../../states/FailureState';
import { Loading } from '../../states/Loading';
import { testIds } from '../../testIds';

interface Props<T> {
  list: List<T>;
  /** Said when everything answered and there is nothing to show. */
  empty: ReactNode;
  isEmpty?: boolean;
  children: ReactNode;
}

/** A list in whatever state it is: on its way, failed, empty, or there, with the way to more of it. */
export function ListView<T>({ list, empty, isEmpty = list.items.length === 0, children }: Props<T>) {
  const styles = useStyles2(getStyles);
  if (list.loading) {
    return <Loading rows={8} />;
  }
  if (list.failure && list.items.length === 0) {
    return <FailureState failure={list.failure} onRetry={list.reload} />;
  }
  return (
    <>
      {isEmpty ? empty : children}
      {list.failure && (
        <Alert severity="error" title={t('admin.list.failed', 'The list could not be read on')}>
          {list.failure.message}
        </Alert>
      )}
      {list.more && (
        <div className={styles.more}>
          <Button
            variant="secondary"
            disabled={list.loadingMore}
            onClick={list.more}
            data-testid={testIds.admin.more}
            icon={list.loadingMore ? 'spinner' : 'angle-down'}
          >
            <Trans i18nKey="admin.list.more">Load more</Trans>
          </Button>
        </div>
      )}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  more: css({ display: 'flex', justifyContent: 'center', padding: theme.spacing(1.5) }),
});

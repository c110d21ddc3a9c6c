import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, Icon, useStyles2 } from '@grafana/ui';
import type { Tenant } from '@obstack/contracts';
import { t } from '../../i18n';
import { FEATURES, hasFeature } from '../../api/terms';
import { featureName } from '../names';
import { DataTable } from '../parts/DataTable';

type Props = Pick<Tenant, 'plan' | 'features'>;

/** What a tenant may use, and whether that is its plan's doing or its own. */
export function FeatureTable({ plan, features }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <DataTable
      label={t('admin.features.title', 'Features')}
      rows={FEATURES}
      rowId={(feature) => feature}
      rowName={featureName}
      columns={[
        { id: 'feature', header: t('admin.features.feature', 'Feature'), cell: featureName },
        {
          id: 'has',
          header: t('admin.features.has', 'May be used'),
          cell: (feature) =>
            hasFeature(plan, features, feature) ? (
              <>
                <Icon name="check" /> {t('admin.features.yes', 'yes')}
              </>
            ) : (
              t('admin.features.no', 'no')
            ),
        },
        {
          id: 'source',
          header: t('admin.limits.source', 'From'),
          cell: (feature) =>
            features[feature] === undefined ? (
              <span className={styles.quiet}>{t('admin.limits.by-plan', 'the plan')}</span>
            ) : (
              <Badge color="blue" text={t('admin.features.own', 'this tenant’s own')} />
            ),
        },
      ]}
    />
  );
}

const getStyles = (theme: GrafanaTheme2) => ({ quiet: css({ color: theme.colors.text.secondary }) });

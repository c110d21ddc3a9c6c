import React from 'react';
import { Badge, Icon } from '@grafana/ui';
import type { Tenant } from '@obstack/contracts';
import { t } from '../../i18n';
import { FEATURES, hasFeature } from '../../api/terms';
import { featureName } from '../names';
import { DataTable } from '../parts/DataTable';
import { QuietBadge } from '../parts/QuietBadge';

type Props = Pick<Tenant, 'plan' | 'features'>;

/** What a tenant may use, and whether that is its plan's doing or its own. */
export function FeatureTable({ plan, features }: Props) {
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
              <QuietBadge text={t('admin.limits.by-plan', 'the plan')} />
            ) : (
              <Badge color="blue" text={t('admin.features.own', 'this tenant’s own')} />
            ),
        },
      ]}
    />
  );
}

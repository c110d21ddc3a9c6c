import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, useStyles2 } from '@grafana/ui';
import type { LimitOverrides, Limits } from '@obstack/contracts';
import { t } from '../../i18n';
import { DataTable } from '../parts/DataTable';
import { formatLimit, LIMIT_NAMES, limitName } from './limit-names';
import { MEASURED, type MeasuredLimit } from './usage';
import { UsageCell } from './UsageCell';

interface Props {
  effective: Limits;
  ofPlan: Limits;
  own: LimitOverrides;
  withUsage: boolean;
}

export function LimitTable({ effective, ofPlan, own, withUsage }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <DataTable
      label={t('admin.limits.title', 'Limits and use')}
      rows={LIMIT_NAMES}
      rowId={(name) => name}
      rowName={limitName}
      columns={[
        { id: 'limit', header: t('admin.limits.limit', 'Limit'), cell: (name) => limitName(name) },
        {
          id: 'value',
          header: t('admin.limits.may', 'May be'),
          align: 'right',
          cell: (name) => <strong>{formatLimit(name, effective[name])}</strong>,
        },
        {
          id: 'source',
          header: t('admin.limits.source', 'From'),
          cell: (name) =>
            own[name] === undefined ? (
              <span className={styles.quiet}>{t('admin.limits.by-plan', 'the plan')}</span>
            ) : (
              <Badge
                color="blue"
                text={t('admin.limits.own', 'this tenant’s own; the plan has {{amount}}', {
                  amount: formatLimit(name, ofPlan[name]),
                })}
              />
            ),
        },
        {
          id: 'use',
          header: t('admin.limits.use', 'Use, last hour'),
          cell: (name) =>
            isMeasured(name) && withUsage ? (
              <UsageCell limit={name} most={effective[name]} />
            ) : (
              <span className={styles.quiet}>{isMeasured(name) ? elsewhere() : unmeasured(name)}</span>
            ),
        },
      ]}
    />
  );
}

const isMeasured = (name: string): name is MeasuredLimit => name in MEASURED;

const elsewhere = () => t('admin.limits.elsewhere', 'shows in the tenant’s own organisation');
const unmeasured = (name: string) =>
  name === 'traceBytesPerSecond'
    ? t('admin.limits.unmeasured', 'not measured: the store does not say how large traces are')
    : t('admin.limits.momentary', 'shows below where it was reached');

const getStyles = (theme: GrafanaTheme2) => ({ quiet: css({ color: theme.colors.text.secondary }) });

import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { IconButton, TextLink, useStyles2 } from '@grafana/ui';
import type { Tenant } from '@obstack/contracts';
import { t } from '../../i18n';
import { planName } from '../names';
import { Ago } from '../parts/Ago';
import { DataTable } from '../parts/DataTable';
import { PermittedIcon } from '../parts/PermittedButton';
import { sectionUrl } from '../sections';
import { LiveSteps } from '../provisioning/LiveSteps';
import { TenantStateBadge } from './TenantStateBadge';

interface Props {
  tenants: readonly Tenant[];
  mayNot: string | undefined;
  /** Whose steps show; '' for nobody's. */
  open: string;
  onOpen: (id: string) => void;
  onSuspend: (tenant: Tenant) => void;
  onResume: (tenant: Tenant) => void;
  onOffboard: (tenant: Tenant) => void;
}

export function TenantTable({ tenants, mayNot, open, onOpen, onSuspend, onResume, onOffboard }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <DataTable
      label={t('admin.section.tenants', 'Tenants')}
      rows={tenants}
      rowId={({ id }) => id}
      rowName={({ name }) => name}
      isDim={({ isActive }) => !isActive}
      details={({ id }) => (id === open ? <LiveSteps tenantId={id} /> : null)}
      columns={[
        {
          id: 'name',
          header: t('admin.tenants.name', 'Name'),
          cell: ({ id, name }) => (
            <div className={styles.name}>
              <IconButton
                name={id === open ? 'angle-down' : 'angle-right'}
                aria-expanded={id === open}
                aria-label={t('admin.tenants.steps-of', 'Provisioning of {{name}}', { name })}
                onClick={() => onOpen(id === open ? '' : id)}
              />
              <div>
                <TextLink
                  href={sectionUrl('keys', id)}
                  color="primary"
                  inline={false}
                  variant="bodySmall"
                  weight="medium"
                >
                  {name}
                </TextLink>
                <div>
                  <code className={styles.id}>{id}</code>
                </div>
              </div>
            </div>
          ),
        },
        { id: 'plan', header: t('admin.tenants.plan', 'Plan'), cell: ({ plan }) => planName(plan) },
        {
          id: 'state',
          header: t('admin.tenants.state', 'State'),
          cell: ({ state }) => <TenantStateBadge state={state} />,
        },
        {
          id: 'created',
          header: t('admin.tenants.created', 'Created'),
          wideOnly: true,
          cell: ({ createdAt }) => <Ago time={createdAt} never="" />,
        },
        {
          id: 'actions',
          header: <span className="sr-only">{t('admin.table.actions', 'Actions')}</span>,
          align: 'right',
          cell: (tenant) => {
            const { name, state } = tenant;
            const leaving = state === 'deleting' ? t('admin.tenants.leaving', 'It is being removed.') : undefined;
            return (
              <div className={styles.actions}>
                {state === 'suspended' ? (
                  <PermittedIcon
                    name="play"
                    label={t('admin.tenants.resume', 'Resume {{name}}', { name })}
                    hindrance={mayNot}
                    onClick={() => onResume(tenant)}
                  />
                ) : (
                  <PermittedIcon
                    name="pause"
                    label={t('admin.tenants.suspend', 'Suspend {{name}}', { name })}
                    hindrance={mayNot ?? leaving}
                    onClick={() => onSuspend(tenant)}
                  />
                )}
                <PermittedIcon
                  name="trash-alt"
                  label={t('admin.tenants.offboard', 'Remove {{name}} for good', { name })}
                  hindrance={mayNot ?? leaving}
                  onClick={() => onOffboard(tenant)}
                />
              </div>
            );
          },
        },
      ]}
    />
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  name: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(0.5), overflowWrap: 'anywhere' }),
  id: css({ padding: 0, border: 'none', background: 'none', color: theme.colors.text.secondary }),
  actions: css({ display: 'flex', justifyContent: 'flex-end', gap: theme.spacing(0.5) }),
});

import React from 'react';
import { Trans } from '@grafana/i18n';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useCall } from '../../api/use-call';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import type { TenantDialogProps } from './tenant-dialog';

/** The API asks for the name as well: it has the last word. */
export function OffboardDialog({ tenant: { id: tenantId, name }, onDone, onDismiss }: TenantDialogProps) {
  const { run, running, failure } = useCall();
  return (
    <ConfirmDialog
      title={t('admin.tenants.offboard', 'Remove {{name}} for good', { name })}
      submit={t('admin.offboard.submit', 'Export and remove')}
      running={running}
      failure={failure}
      typed={name}
      onDismiss={onDismiss}
      onConfirm={() =>
        run(async () => {
          await controlPlane.deleteTenant({ params: { tenantId }, query: { confirm: name } });
          onDone();
        })
      }
    >
      <p>
        <Trans i18nKey="admin.offboard.what">
          Its data is exported and then erased everywhere: logs, metrics, traces, keys, users, its Grafana organisation.
          It cannot be undone, and nothing of it can be used from now on. To stop it for a while, suspend it.
        </Trans>
      </p>
    </ConfirmDialog>
  );
}

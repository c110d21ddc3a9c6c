import React from 'react';
import { Trans } from '@grafana/i18n';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useCall } from '../../api/use-call';
import { FormDialog } from '../parts/FormDialog';
import type { TenantDialogProps } from './tenant-dialog';

export function ResumeDialog({ tenant: { id: tenantId, name }, onDone, onDismiss }: TenantDialogProps) {
  const { run, running, failure } = useCall();
  return (
    <FormDialog
      title={t('admin.tenants.resume', 'Resume {{name}}', { name })}
      submit={t('admin.resume.submit', 'Resume')}
      running={running}
      failure={failure}
      onDismiss={onDismiss}
      onSubmit={() =>
        run(async () => {
          await controlPlane.resumeTenant({ params: { tenantId } });
          onDone();
        })
      }
    >
      <p>
        <Trans i18nKey="admin.resume.what">
          Push, query and sign-in work again within a second, with the same keys.
        </Trans>
      </p>
    </FormDialog>
  );
}

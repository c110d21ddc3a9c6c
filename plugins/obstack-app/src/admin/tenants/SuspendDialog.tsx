import React, { useState } from 'react';
import { Trans } from '@grafana/i18n';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { mistakeAt } from '../../api/failure';
import { useCall } from '../../api/use-call';
import { FormDialog } from '../parts/FormDialog';
import type { TenantDialogProps } from './tenant-dialog';
import { TextField } from '../parts/TextField';

export function SuspendDialog({ tenant: { id: tenantId, name }, onDone, onDismiss }: TenantDialogProps) {
  const [reason, setReason] = useState('');
  const { run, running, failure } = useCall();
  return (
    <FormDialog
      title={t('admin.tenants.suspend', 'Suspend {{name}}', { name })}
      submit={t('admin.suspend.submit', 'Suspend')}
      submitVariant="destructive"
      running={running}
      failure={failure}
      fields={['body.reason']}
      isComplete={reason.trim() !== ''}
      onDismiss={onDismiss}
      onSubmit={() =>
        run(async () => {
          await controlPlane.suspendTenant({ params: { tenantId }, body: { reason } });
          onDone();
        })
      }
    >
      <p>
        <Trans i18nKey="admin.suspend.what">
          Push, query and sign-in stop within a second. Nothing is removed, and it can be resumed at any time.
        </Trans>
      </p>
      <TextField
        label={t('admin.suspend.reason', 'Reason')}
        description={t('admin.suspend.reason-hint', 'It stands in the audit log.')}
        mistake={mistakeAt(failure, 'body.reason')}
        required
        id="obstack-suspend-reason"
        value={reason}
        onChange={setReason}
        autoFocus
      />
    </FormDialog>
  );
}

import React from 'react';
import { Trans } from '@grafana/i18n';
import type { User } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useCall } from '../../api/use-call';
import { ConfirmDialog } from '../parts/ConfirmDialog';

interface Props {
  user: User;
  onDone: () => void;
  onDismiss: () => void;
}

export function DeleteUserDialog({ user: { tenantId, id, email }, onDone, onDismiss }: Props) {
  const { run, running, failure } = useCall();
  const submit = () =>
    run(async () => {
      await controlPlane.deleteUser({ params: { tenantId, userId: id } });
      onDone();
    });
  return (
    <ConfirmDialog
      title={t('admin.users.delete', 'Remove {{email}}', { email })}
      submit={t('admin.delete-user.submit', 'Remove')}
      running={running}
      failure={failure}
      typed={email}
      onConfirm={submit}
      onDismiss={onDismiss}
    >
      <p>
        <Trans i18nKey="admin.delete-user.what">
          The account and all its sessions are removed; the audit log keeps what was done with it. To keep the account,
          deactivate it.
        </Trans>
      </p>
    </ConfirmDialog>
  );
}

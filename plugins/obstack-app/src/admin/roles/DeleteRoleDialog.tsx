import React from 'react';
import { Trans } from '@grafana/i18n';
import type { Role } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useCall } from '../../api/use-call';
import { useTenantId } from '../access';
import { ConfirmDialog } from '../parts/ConfirmDialog';

interface Props {
  role: Role;
  onDone: () => void;
  onDismiss: () => void;
}

export function DeleteRoleDialog({ role: { name }, onDone, onDismiss }: Props) {
  const tenantId = useTenantId();
  const { run, running, failure } = useCall();
  return (
    <ConfirmDialog
      title={t('admin.roles.delete', 'Remove {{name}}', { name })}
      submit={t('admin.delete-role.submit', 'Remove')}
      running={running}
      failure={failure}
      onDismiss={onDismiss}
      onConfirm={() =>
        run(async () => {
          await controlPlane.deleteRole({ params: { tenantId, roleName: name } });
          onDone();
        })
      }
    >
      <p>
        <Trans i18nKey="admin.delete-role.what">
          A role that somebody has cannot be removed; take it from them first.
        </Trans>
      </p>
    </ConfirmDialog>
  );
}

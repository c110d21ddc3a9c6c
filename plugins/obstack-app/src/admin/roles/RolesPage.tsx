import React, { useState } from 'react';
import { Trans } from '@grafana/i18n';
import { Alert } from '@grafana/ui';
import type { Role } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useResource } from '../../api/use-resource';
import { FailureState } from '../../states/FailureState';
import { Loading } from '../../states/Loading';
import { useHindrance, useMissingFeature, useTenantId } from '../access';
import { PermittedButton } from '../parts/PermittedButton';
import { Toolbar } from '../parts/Toolbar';
import { CreateRoleDialog } from './CreateRoleDialog';
import { DeleteRoleDialog } from './DeleteRoleDialog';
import { EditRoleDialog } from './EditRoleDialog';
import { RoleMatrix } from './RoleMatrix';

type Dialog = { type: 'create' } | { type: 'edit'; role: Role } | { type: 'delete'; role: Role };

/** What each role may do: those that every tenant has, and those of its own making. */
export default function RolesPage() {
  const tenantId = useTenantId();
  const mayNot = useHindrance('roles:write');
  const lacksFeature = useMissingFeature('custom-roles');
  const [dialog, setDialog] = useState<Dialog>();
  const roles = useResource(tenantId, (signal) => controlPlane.listRoles({ params: { tenantId }, signal }));

  const close = () => setDialog(undefined);
  const done = () => {
    close();
    roles.reload();
  };

  if (!roles.data) {
    return roles.failure ? <FailureState failure={roles.failure} onRetry={roles.reload} /> : <Loading />;
  }
  return (
    <>
      <Toolbar
        actions={
          <PermittedButton icon="plus" hindrance={mayNot ?? lacksFeature} onClick={() => setDialog({ type: 'create' })}>
            {t('admin.roles.create', 'Create role')}
          </PermittedButton>
        }
      />
      {lacksFeature && (
        <Alert severity="info" title={lacksFeature}>
          <Trans i18nKey="admin.roles.built-in-only">
            The built-in roles do what they say. Whoever runs the platform can change the plan.
          </Trans>
        </Alert>
      )}
      <RoleMatrix
        roles={roles.data.items}
        mayNotEdit={mayNot ?? lacksFeature}
        mayNotDelete={mayNot}
        onEdit={(role) => setDialog({ type: 'edit', role })}
        onDelete={(role) => setDialog({ type: 'delete', role })}
      />
      {dialog?.type === 'create' && <CreateRoleDialog onDone={done} onDismiss={close} />}
      {dialog?.type === 'edit' && <EditRoleDialog roleName={dialog.role.name} onDone={done} onDismiss={close} />}
      {dialog?.type === 'delete' && <DeleteRoleDialog role={dialog.role} onDone={done} onDismiss={close} />}
    </>
  );
}

import React, { useState } from 'react';
import type { Permission, Role, UpdateRole } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane, etagOf } from '../../api/control-plane';
import { mistakeAt } from '../../api/failure';
import { useCall } from '../../api/use-call';
import { useResource } from '../../api/use-resource';
import { useTenantId } from '../access';
import { FormDialog } from '../parts/FormDialog';
import { LoadingDialog } from '../parts/LoadingDialog';
import { PermissionChoice } from './PermissionChoice';
import { RoleDescription } from './RoleDescription';

interface Props {
  roleName: string;
  onDone: () => void;
  onDismiss: () => void;
}

/** Reads the role as it is now: the matrix may be old. */
export function EditRoleDialog({ roleName, onDone, onDismiss }: Props) {
  const tenantId = useTenantId();
  const role = useResource(roleName, (signal) => controlPlane.getRole({ params: { tenantId, roleName }, signal }));
  return role.data && !role.loading ? (
    <EditForm key={etagOf(role.data)} role={role.data} onDone={onDone} onDismiss={onDismiss} onReload={role.reload} />
  ) : (
    <LoadingDialog failure={role.failure} onRetry={role.reload} onDismiss={onDismiss} />
  );
}

interface FormProps extends Omit<Props, 'roleName'> {
  role: Role;
  onReload: () => void;
}

function EditForm({ role, onDone, onDismiss, onReload }: FormProps) {
  const tenantId = useTenantId();
  const [description, setDescription] = useState(role.description);
  const [permissions, setPermissions] = useState<readonly Permission[]>(role.permissions);
  const { run, running, failure } = useCall();

  const submit = () =>
    run(async () => {
      const body: UpdateRole = { description, permissions: permissions as UpdateRole['permissions'] };
      await controlPlane.updateRole({ params: { tenantId, roleName: role.name }, body, ifMatch: etagOf(role) });
      onDone();
    });

  return (
    <FormDialog
      title={t('admin.roles.edit', 'Change {{name}}', { name: role.name })}
      submit={t('admin.dialog.save', 'Save')}
      running={running}
      failure={failure}
      fields={['body.description', 'body.permissions']}
      onSubmit={submit}
      onDismiss={onDismiss}
      onReload={onReload}
    >
      <RoleDescription value={description} onChange={setDescription} mistake={mistakeAt(failure, 'body.description')} />
      <PermissionChoice
        value={permissions}
        onChange={setPermissions}
        mistake={mistakeAt(failure, 'body.permissions')}
      />
    </FormDialog>
  );
}

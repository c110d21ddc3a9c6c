import React, { useState } from 'react';
import type { CreateRole, Permission } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { mistakeAt } from '../../api/failure';
import { useCall } from '../../api/use-call';
import { useIdempotency } from '../../api/use-idempotency';
import { useTenantId } from '../access';
import { FormDialog } from '../parts/FormDialog';
import { PermissionChoice } from './PermissionChoice';
import { RoleDescription } from './RoleDescription';
import { TextField } from '../parts/TextField';

interface Props {
  onDone: () => void;
  onDismiss: () => void;
}

export function CreateRoleDialog({ onDone, onDismiss }: Props) {
  const tenantId = useTenantId();
  const idempotencyKey = useIdempotency();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [permissions, setPermissions] = useState<readonly Permission[]>([]);
  const { run, running, failure } = useCall();

  const submit = () =>
    run(async () => {
      // Only what a tenant has to give can be chosen.
      const body = { name, description, permissions: permissions as CreateRole['permissions'] };
      await controlPlane.createRole({ params: { tenantId }, body, idempotencyKey: idempotencyKey(body) });
      onDone();
    });

  return (
    <FormDialog
      title={t('admin.create-role.title', 'Create a role')}
      submit={t('admin.create-role.submit', 'Create')}
      running={running}
      failure={failure}
      fields={['body.name', 'body.description', 'body.permissions']}
      isComplete={name !== ''}
      onSubmit={submit}
      onDismiss={onDismiss}
    >
      <TextField
        label={t('admin.roles.name', 'Name')}
        description={t('admin.roles.name-hint', 'Lower-case words joined by dashes; it cannot be changed later.')}
        mistake={mistakeAt(failure, 'body.name')}
        required
        id="obstack-role-name"
        value={name}
        onChange={(text) => setName(text.trim())}
        autoFocus
      />
      <RoleDescription value={description} onChange={setDescription} mistake={mistakeAt(failure, 'body.description')} />
      <PermissionChoice
        value={permissions}
        onChange={setPermissions}
        mistake={mistakeAt(failure, 'body.permissions')}
      />
    </FormDialog>
  );
}

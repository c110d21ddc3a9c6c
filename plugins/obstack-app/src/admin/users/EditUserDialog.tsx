import React, { useState } from 'react';
import { Switch } from '@grafana/ui';
import type { User } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane, etagOf } from '../../api/control-plane';
import { mistakeAt } from '../../api/failure';
import { useCall } from '../../api/use-call';
import { useResource } from '../../api/use-resource';
import { useTenantId } from '../access';
import { FormDialog } from '../parts/FormDialog';
import { LoadingDialog } from '../parts/LoadingDialog';
import { RoleChoice } from './RoleChoice';
import { FormField } from '../parts/FormField';

interface Props {
  userId: string;
  onSaved: () => void;
  onDismiss: () => void;
}

/** Reads the user as they are now: the table may be old. */
export function EditUserDialog({ userId, onSaved, onDismiss }: Props) {
  const tenantId = useTenantId();
  const user = useResource(userId, (signal) => controlPlane.getUser({ params: { tenantId, userId }, signal }));
  return user.data && !user.loading ? (
    <EditForm key={etagOf(user.data)} user={user.data} onSaved={onSaved} onDismiss={onDismiss} onReload={user.reload} />
  ) : (
    <LoadingDialog failure={user.failure} onRetry={user.reload} onDismiss={onDismiss} />
  );
}

interface FormProps extends Omit<Props, 'userId'> {
  user: User;
  onReload: () => void;
}

function EditForm({ user, onSaved, onDismiss, onReload }: FormProps) {
  const [roles, setRoles] = useState<readonly string[]>(user.roles);
  const [isActive, setActive] = useState(user.isActive);
  const { run, running, failure } = useCall();

  const submit = () =>
    run(async () => {
      const params = { tenantId: user.tenantId, userId: user.id };
      await controlPlane.updateUser({ params, body: { roles: [...roles], isActive }, ifMatch: etagOf(user) });
      onSaved();
    });

  return (
    <FormDialog
      title={t('admin.users.edit', 'Change {{email}}', { email: user.email })}
      submit={t('admin.dialog.save', 'Save')}
      running={running}
      failure={failure}
      fields={['body.roles', 'body.isActive']}
      isComplete={roles.length > 0}
      onSubmit={submit}
      onDismiss={onDismiss}
      onReload={onReload}
    >
      <RoleChoice value={roles} onChange={setRoles} mistake={mistakeAt(failure, 'body.roles')} />
      <FormField
        label={t('admin.users.active', 'Active')}
        description={t('admin.users.active-hint', 'Without it their sessions end, and they can start no other.')}
        mistake={mistakeAt(failure, 'body.isActive')}
      >
        <Switch
          id="obstack-user-active"
          value={isActive}
          onChange={(event) => setActive(event.currentTarget.checked)}
        />
      </FormField>
    </FormDialog>
  );
}

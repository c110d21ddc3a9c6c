import React, { useState } from 'react';
import type { SetPasswordToken, User } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { mistakeAt } from '../../api/failure';
import { useCall } from '../../api/use-call';
import { useIdempotency } from '../../api/use-idempotency';
import { useTenantId } from '../access';
import { FormDialog } from '../parts/FormDialog';
import { RoleChoice } from './RoleChoice';
import { TextField } from '../parts/TextField';

interface Props {
  /** `token`: with which the user sets their password. */
  onCreated: (user: User, token: SetPasswordToken | null) => void;
  onDismiss: () => void;
}

export function CreateUserDialog({ onCreated, onDismiss }: Props) {
  const tenantId = useTenantId();
  const idempotencyKey = useIdempotency();
  const [email, setEmail] = useState('');
  const [roles, setRoles] = useState<readonly string[]>(['viewer']);
  const { run, running, failure } = useCall();

  const submit = () =>
    run(async () => {
      const body = { email, roles: [...roles] };
      const made = await controlPlane.createUser({ params: { tenantId }, body, idempotencyKey: idempotencyKey(body) });
      onCreated(made.user, made.setPassword);
    });

  return (
    <FormDialog
      title={t('admin.create-user.title', 'Add a user')}
      submit={t('admin.create-user.submit', 'Add')}
      running={running}
      failure={failure}
      fields={['body.email', 'body.roles']}
      isComplete={email !== '' && roles.length > 0}
      onSubmit={submit}
      onDismiss={onDismiss}
    >
      <TextField
        label={t('admin.users.email', 'E-mail address')}
        description={t(
          'admin.create-user.hint',
          'Nothing is sent: you get a token to hand on, with which a password is set.'
        )}
        mistake={mistakeAt(failure, 'body.email')}
        required
        id="obstack-user-email"
        type="email"
        value={email}
        onChange={(text) => setEmail(text.trim())}
        autoFocus
      />
      <RoleChoice value={roles} onChange={setRoles} mistake={mistakeAt(failure, 'body.roles')} />
    </FormDialog>
  );
}

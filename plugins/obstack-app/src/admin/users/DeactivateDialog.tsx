import React from 'react';
import { Trans } from '@grafana/i18n';
import type { User } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { notify } from '../parts/notify';
import { useEach } from '../parts/use-each';

interface Props {
  users: readonly User[];
  onDone: () => void;
  onPartly: () => void;
  onDismiss: () => void;
}

export function DeactivateDialog({ users, onDone, onPartly, onDismiss }: Props) {
  const { left, start, running, failure } = useEach(
    users,
    ({ tenantId, id: userId }) => controlPlane.updateUser({ params: { tenantId, userId }, body: { isActive: false } }),
    onPartly
  );
  const submit = () =>
    start(() => {
      notify(t('admin.deactivate.done', '{{count}} deactivated', { count: users.length }));
      onDone();
    });
  return (
    <ConfirmDialog
      title={t('admin.deactivate.title', 'Deactivate {{count}} at once', { count: left.length })}
      submit={t('admin.users.deactivate-many', 'Deactivate {{count}}', { count: left.length })}
      running={running}
      failure={failure}
      onConfirm={submit}
      onDismiss={onDismiss}
    >
      <p>
        <Trans i18nKey="admin.deactivate.what">
          Their sessions end within a second, and they can start no other until they are activated again.
        </Trans>
      </p>
      <ul>
        {left.map(({ id, email }) => (
          <li key={id}>{email}</li>
        ))}
      </ul>
    </ConfirmDialog>
  );
}

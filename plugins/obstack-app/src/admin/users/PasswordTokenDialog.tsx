import React, { useState } from 'react';
import { dateTimeFormat } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import type { SetPasswordToken, User } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { useCall } from '../../api/use-call';
import { useIdempotency } from '../../api/use-idempotency';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { SecretDialog } from '../parts/SecretDialog';

interface Props {
  user: User;
  /** Made already, with the user; without it one is made here. */
  made: SetPasswordToken | undefined;
  onDone: () => void;
}

/** A one-time token, which whoever asked for it hands on. */
export function PasswordTokenDialog({ user: { tenantId, id, email }, made, onDone }: Props) {
  const idempotencyKey = useIdempotency();
  const [token, setToken] = useState(made);
  const { run, running, failure } = useCall();
  const title = t('admin.password-token.title', 'A password for {{email}}', { email });
  if (!token) {
    return (
      <ConfirmDialog
        title={title}
        submit={t('admin.password-token.submit', 'Make a token')}
        running={running}
        failure={failure}
        onDismiss={onDone}
        onConfirm={() =>
          run(async () => {
            const params = { tenantId, userId: id };
            setToken(await controlPlane.createSetPasswordToken({ params, idempotencyKey: idempotencyKey(id) }));
          })
        }
      >
        <p>
          <Trans i18nKey="admin.password-token.what">
            You get a token that works once, for you to hand on. Earlier ones stop working; the password in use goes on
            until the new one is set.
          </Trans>
        </p>
      </ConfirmDialog>
    );
  }
  return (
    <SecretDialog title={title} secret={token.token} onDone={onDone}>
      {t('admin.password-token.hint', 'Hand it to the user, who sets a password with it until {{time}}.', {
        time: dateTimeFormat(token.expiresAt),
      })}
    </SecretDialog>
  );
}

import React from 'react';
import { Trans } from '@grafana/i18n';
import type { Key } from '@obstack/contracts';
import { t } from '../../i18n';
import { useTenantId } from '../access';
import { ConfirmDialog } from '../parts/ConfirmDialog';
import { notify } from '../parts/notify';
import { useEach } from '../parts/use-each';
import { KEYS_API, type Kind } from './keys-api';

interface Props {
  kind: Kind;
  keys: readonly Key[];
  onDone: () => void;
  onPartly: () => void;
  onDismiss: () => void;
}

export function RevokeDialog({ kind, keys, onDone, onPartly, onDismiss }: Props) {
  const tenantId = useTenantId();
  const { left, start, running, failure } = useEach(keys, ({ id }) => KEYS_API[kind].revoke(tenantId, id), onPartly);
  const submit = () =>
    start(() => {
      notify(t('admin.revoke.done', '{{count}} revoked', { count: keys.length }));
      onDone();
    });

  const one = left.length === 1 ? left[0] : undefined;
  return (
    <ConfirmDialog
      title={
        one
          ? t('admin.revoke.one', 'Revoke {{name}}', { name: one.name })
          : t('admin.revoke.many', 'Revoke {{count}} at once', { count: left.length })
      }
      submit={t('admin.revoke.submit', 'Revoke {{count}}', { count: left.length })}
      running={running}
      failure={failure}
      onConfirm={submit}
      onDismiss={onDismiss}
    >
      <p>
        <Trans i18nKey="admin.revoke.what">
          Whatever uses it is refused within a second, and it cannot be undone. To replace it without a gap, rotate it.
        </Trans>
      </p>
      <ul>
        {left.map(({ id, name }) => (
          <li key={id}>
            {name} <code>{id}</code>
          </li>
        ))}
      </ul>
    </ConfirmDialog>
  );
}

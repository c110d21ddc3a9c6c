import React from 'react';
import { Trans } from '@grafana/i18n';
import { Button } from '@grafana/ui';
import type { IssuedKey } from '@obstack/contracts';
import { t } from '../../i18n';
import { SecretDialog } from '../parts/SecretDialog';
import type { Kind } from './keys-api';

interface Props {
  kind: Kind;
  issued: IssuedKey;
  onTest: () => void;
  onDone: () => void;
}

export function IssuedKeyDialog({ kind, issued: { key, secret }, onTest, onDone }: Props) {
  const isPush = kind === 'ingestion';
  return (
    <SecretDialog
      title={t('admin.issued.title', 'The secret of {{name}}', { name: key.name })}
      secret={secret}
      onDone={onDone}
      action={
        isPush && (
          <Button icon="rocket" variant="secondary" fill="outline" onClick={onTest}>
            <Trans i18nKey="admin.issued.test">Copied; send a test event with it</Trans>
          </Button>
        )
      }
    >
      {isPush
        ? t(
            'admin.issued.push',
            'Give it to the agent, which sends it as a bearer token, as a password, or as X-API-Key.'
          )
        : t('admin.issued.read', 'Give it to whatever is to read, which sends it as a bearer token or as a password.')}
    </SecretDialog>
  );
}

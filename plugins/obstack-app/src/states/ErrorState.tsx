import React, { type ReactNode } from 'react';
import { Trans } from '@grafana/i18n';
import { Button } from '@grafana/ui';
import { t } from '../i18n';
import { testIds } from '../testIds';
import { StateMessage } from './StateMessage';

interface Props {
  title: string;
  /** In the words of whoever failed. */
  children?: ReactNode;
  /** To look it up in the logs. */
  requestId?: string;
  onRetry?: () => void;
}

export function ErrorState({ title, children, requestId, onRetry }: Props) {
  return (
    <StateMessage
      icon="exclamation-triangle"
      tone="error"
      role="alert"
      title={title}
      testId={testIds.states.error}
      action={
        onRetry && (
          <Button variant="secondary" icon="sync" onClick={onRetry}>
            <Trans i18nKey="states.error.retry">Try again</Trans>
          </Button>
        )
      }
    >
      <p>{children}</p>
      {requestId && <code>{t('states.error.request', 'Request {{requestId}}', { requestId })}</code>}
    </StateMessage>
  );
}

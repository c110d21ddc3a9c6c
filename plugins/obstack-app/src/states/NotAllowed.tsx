import React, { type ReactNode } from 'react';
import { Trans } from '@grafana/i18n';
import { t } from '../i18n';
import { testIds } from '../testIds';
import { StateMessage } from './StateMessage';

/** Obstack knows who asks, and says no. `children`: in its own words. */
export function NotAllowed({ children }: { children?: ReactNode }) {
  return (
    <StateMessage
      icon="lock"
      tone="warning"
      role="alert"
      title={t('states.not-allowed.title', 'You may not see this')}
      testId={testIds.states.notAllowed}
    >
      <p>{children}</p>
      <Trans i18nKey="states.not-allowed.remedy">
        Either your role does not include it, or the organisation’s token has expired or was revoked. An administrator
        can check both on the configuration page.
      </Trans>
    </StateMessage>
  );
}

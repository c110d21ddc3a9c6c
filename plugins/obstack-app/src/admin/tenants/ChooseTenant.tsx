import React from 'react';
import { Trans } from '@grafana/i18n';
import { LinkButton } from '@grafana/ui';
import { t } from '../../i18n';
import { StateMessage } from '../../states/StateMessage';
import { testIds } from '../../testIds';
import { sectionUrl } from '../sections';

/** Operators see every tenant, one at a time. */
export function ChooseTenant() {
  return (
    <StateMessage
      icon="users-alt"
      title={t('admin.tenant.choose', 'Choose a tenant')}
      testId={testIds.states.empty}
      action={
        <LinkButton href={sectionUrl('tenants')} icon="list-ul">
          <Trans i18nKey="admin.tenant.all">All tenants</Trans>
        </LinkButton>
      }
    >
      <Trans i18nKey="admin.tenant.choose-hint">This page shows one tenant at a time.</Trans>
    </StateMessage>
  );
}

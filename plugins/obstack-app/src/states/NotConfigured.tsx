import React from 'react';
import { t } from '../i18n';
import { viewer } from './viewer';
import { Trans } from '@grafana/i18n';
import { LinkButton } from '@grafana/ui';
import { CONFIG_URL } from '../constants';
import { testIds } from '../testIds';
import { StateMessage } from './StateMessage';

interface Props {
  children?: React.ReactNode;
  /** What is missing, where it is something else than what every page needs. */
  needs?: string;
}

/** An administrator has not said yet where Obstack is, or what they said leads nowhere. */
export function NotConfigured({ children, needs }: Props) {
  const isAdmin = viewer.isAdmin();
  return (
    <StateMessage
      icon="cog"
      title={t('states.not-configured.title', 'Obstack is not set up for this organisation')}
      testId={testIds.states.notConfigured}
      action={
        isAdmin && (
          <LinkButton href={CONFIG_URL} icon="cog">
            <Trans i18nKey="states.not-configured.open">Open the configuration</Trans>
          </LinkButton>
        )
      }
    >
      {children}
      <p>
        {isAdmin
          ? (needs ??
            t('states.not-configured.admin', 'It needs the address of the proxy and this organisation’s token.'))
          : t('states.not-configured.viewer', 'Ask an administrator of this organisation to finish its configuration.')}
      </p>
    </StateMessage>
  );
}

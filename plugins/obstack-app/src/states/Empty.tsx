import React, { type ReactNode } from 'react';
import { t } from '../i18n';
import { testIds } from '../testIds';
import { StateMessage } from './StateMessage';

interface Props {
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** Everything answered, and nothing matches. */
export function Empty({ title, children, action }: Props) {
  return (
    <StateMessage
      icon="search"
      title={title ?? t('states.empty.title', 'Nothing matches')}
      action={action}
      testId={testIds.states.empty}
    >
      {children}
    </StateMessage>
  );
}

import React from 'react';
import { Modal } from '@grafana/ui';
import { t } from '../../i18n';
import { FailureState } from '../../states/FailureState';
import { Loading } from '../../states/Loading';
import type { Failure } from '../../streams/failure';

interface Props {
  failure: Failure | undefined;
  onRetry: () => void;
  onDismiss: () => void;
}

/** In place of a dialog whose subject is still being read, or could not be. */
export function LoadingDialog({ failure, onRetry, onDismiss }: Props) {
  return (
    <Modal title={t('states.loading.label', 'Loading')} isOpen onDismiss={onDismiss}>
      {failure ? <FailureState failure={failure} onRetry={onRetry} /> : <Loading rows={4} />}
    </Modal>
  );
}

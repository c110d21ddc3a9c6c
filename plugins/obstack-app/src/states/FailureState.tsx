import React from 'react';
import { t } from '../i18n';
import type { Failure } from '../streams/failure';
import { ErrorState } from './ErrorState';
import { NotAllowed } from './NotAllowed';
import { NotConfigured } from './NotConfigured';

/** The state that a failed call leads to: whom it concerns decides, not the status code. */
export function FailureState({ failure, onRetry }: { failure: Failure; onRetry: () => void }) {
  switch (failure.kind) {
    case 'not-allowed':
      return <NotAllowed>{failure.message}</NotAllowed>;
    case 'not-configured':
      return <NotConfigured>{failure.message}</NotConfigured>;
    default:
      return (
        <ErrorState title={titleOf(failure)} requestId={failure.requestId} onRetry={onRetry}>
          {failure.message}
        </ErrorState>
      );
  }
}

function titleOf({ kind }: Failure): string {
  switch (kind) {
    case 'unreachable':
      return t('states.error.unreachable', 'Obstack cannot be reached from Grafana');
    case 'rate-limited':
      return t('states.error.rate-limited', 'Too many requests at once');
    case 'unanswered':
      return t('states.error.unanswered', 'A source did not answer');
    case 'cut':
      return t('states.error.cut', 'The answer broke off');
    default:
      return t('states.error.failed', 'That did not work');
  }
}

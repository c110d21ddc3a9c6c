import React, { type FormEvent, type ReactNode } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { Alert, Button, type ButtonVariant, Modal, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import { mistakesElsewhere } from '../../api/failure';
import type { Failure } from '../../streams/failure';
import { testIds } from '../../testIds';

interface Props {
  title: string;
  submit: string;
  submitVariant?: ButtonVariant;
  running: boolean;
  failure: Failure | undefined;
  /** Locations of what the fields of this form show by themselves. */
  fields?: readonly string[];
  /** What is filled in can be sent. */
  isComplete?: boolean;
  onSubmit: () => void;
  onDismiss: () => void;
  /** On the button that closes it, where closing it cancels nothing. */
  dismiss?: string;
  /** Reads anew what is changed here: somebody else may have changed it. */
  onReload?: () => void;
  children: ReactNode;
}

/** A question with fields. What the answer finds wrong stands at its field, and what has none at the end. */
export function FormDialog(props: Props) {
  const { title, submit, submitVariant = 'primary', running, failure, fields = [], isComplete = true } = props;
  const styles = useStyles2(getStyles);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete && !running) {
      props.onSubmit();
    }
  };
  const elsewhere = failure && mistakesElsewhere(failure, fields);
  // Where each mistake stands at its field there is nothing left to say.
  const isToldInFull = failure && failure.mistakes.length > 0 && elsewhere?.length === 0;
  return (
    <Modal title={title} isOpen onDismiss={props.onDismiss} closeOnBackdropClick={false}>
      <form onSubmit={send} noValidate data-testid={testIds.admin.dialog}>
        <div className={styles.body}>{props.children}</div>
        {failure && !isToldInFull && (
          <Alert severity="error" title={failure.message}>
            {elsewhere?.map(({ location, message, fix }) => (
              <p key={location + message}>
                <code>{location}</code> {message}. {fix}
              </p>
            ))}
            {props.onReload && failure.mistakes.length === 0 && (
              <p>
                <Button type="button" size="sm" variant="secondary" icon="sync" onClick={props.onReload}>
                  <Trans i18nKey="admin.dialog.reload">Load it anew</Trans>
                </Button>
              </p>
            )}
            {failure.requestId && t('states.error.request', 'Request {{requestId}}', { requestId: failure.requestId })}
          </Alert>
        )}
        <Modal.ButtonRow>
          <Button type="button" variant="secondary" fill="outline" onClick={props.onDismiss}>
            {props.dismiss ?? t('admin.dialog.cancel', 'Cancel')}
          </Button>
          <Button type="submit" variant={submitVariant} disabled={!isComplete || running}>
            {submit}
          </Button>
        </Modal.ButtonRow>
      </form>
    </Modal>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  body: css({ marginBottom: theme.spacing(2) }),
});

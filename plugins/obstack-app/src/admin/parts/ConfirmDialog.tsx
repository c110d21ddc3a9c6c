import React, { type ReactNode, useState } from 'react';
import { Field, Input } from '@grafana/ui';
import { t } from '../../i18n';
import type { Failure } from '../../streams/failure';
import { FormDialog } from './FormDialog';

interface Props {
  title: string;
  submit: string;
  children: ReactNode;
  running: boolean;
  failure: Failure | undefined;
  /** What has to be typed, to the letter, before it can be done. */
  typed?: string;
  onConfirm: () => void;
  onDismiss: () => void;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({ typed, children, onConfirm, ...props }: Props) {
  const [text, setText] = useState('');
  return (
    <FormDialog
      {...props}
      submitVariant="destructive"
      isComplete={typed === undefined || text === typed}
      onSubmit={onConfirm}
    >
      {children}
      {typed !== undefined && (
        <Field label={t('admin.dialog.type', 'Type {{typed}} to confirm', { typed })}>
          <Input
            id="obstack-confirm"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autoComplete="off"
            autoFocus
          />
        </Field>
      )}
    </FormDialog>
  );
}

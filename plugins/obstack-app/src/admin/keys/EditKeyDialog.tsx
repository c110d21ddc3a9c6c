import React, { useState } from 'react';
import type { Key } from '@obstack/contracts';
import { t } from '../../i18n';
import { etagOf } from '../../api/control-plane';
import { mistakeAt } from '../../api/failure';
import { useCall } from '../../api/use-call';
import { useResource } from '../../api/use-resource';
import { useTenantId } from '../access';
import { limitsIn, type LimitTexts, textsOf } from '../limits/LimitFields';
import { FormDialog } from '../parts/FormDialog';
import { LoadingDialog } from '../parts/LoadingDialog';
import { type Expiry, expiresAt, ExpiryField } from './ExpiryField';
import { KeyLimits, KeyName } from './KeyFields';
import { KEYS_API, type Kind } from './keys-api';

interface Props {
  kind: Kind;
  keyId: string;
  onSaved: () => void;
  onDismiss: () => void;
}

/** Reads the key as it is now: the table may be old. What it may push or read stays: that is another key. */
export function EditKeyDialog({ kind, keyId, onSaved, onDismiss }: Props) {
  const tenantId = useTenantId();
  const key = useResource(`${kind} ${keyId}`, (signal) => KEYS_API[kind].get(tenantId, keyId, signal));
  return key.data && !key.loading ? (
    <EditForm
      key={etagOf(key.data)}
      kind={kind}
      old={key.data}
      onSaved={onSaved}
      onDismiss={onDismiss}
      onReload={key.reload}
    />
  ) : (
    <LoadingDialog failure={key.failure} onRetry={key.reload} onDismiss={onDismiss} />
  );
}

interface FormProps extends Omit<Props, 'keyId'> {
  old: Key;
  onReload: () => void;
}

function EditForm({ kind, old, onSaved, onDismiss, onReload }: FormProps) {
  const [opened] = useState(Date.now);
  const [name, setName] = useState(old.name);
  const [expiry, setExpiry] = useState<Expiry>({ kind: old.expiresAt === null ? 'never' : 'kept' });
  const [limits, setLimits] = useState<LimitTexts>(() => textsOf(old.limits));
  const { run, running, failure } = useCall();

  const submit = () =>
    run(async () => {
      const change = { name, expiresAt: expiresAt(expiry, opened), limits: limitsIn(limits) };
      await KEYS_API[kind].update(old, change);
      onSaved();
    });

  return (
    <FormDialog
      title={t('admin.edit-key.title', 'Change {{name}}', { name: old.name })}
      submit={t('admin.dialog.save', 'Save')}
      running={running}
      failure={failure}
      fields={['body.name', 'body.expiresAt', 'body.limits']}
      isComplete={name.trim() !== ''}
      onSubmit={submit}
      onDismiss={onDismiss}
      onReload={onReload}
    >
      <KeyName value={name} onChange={setName} failure={failure} />
      <ExpiryField
        value={expiry}
        onChange={setExpiry}
        kept={old.expiresAt ?? undefined}
        mistake={mistakeAt(failure, 'body.expiresAt')}
      />
      {kind === 'ingestion' && <KeyLimits value={limits} onChange={setLimits} failure={failure} />}
    </FormDialog>
  );
}

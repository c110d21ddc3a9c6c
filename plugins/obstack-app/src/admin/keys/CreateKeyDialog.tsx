import React, { useState } from 'react';
import { Checkbox } from '@grafana/ui';
import type { IssuedKey, Signal } from '@obstack/contracts';
import { t } from '../../i18n';
import { mistakeAt } from '../../api/failure';
import { SIGNALS } from '../../api/terms';
import { useCall } from '../../api/use-call';
import { useIdempotency } from '../../api/use-idempotency';
import { signalName } from '../../search/signals';
import { useTenantId } from '../access';
import { limitsIn, type LimitTexts } from '../limits/LimitFields';
import { FieldGroup } from '../parts/FieldGroup';
import { FormDialog } from '../parts/FormDialog';
import { FormField } from '../parts/FormField';
import { type Expiry, expiresAt, ExpiryField } from './ExpiryField';
import { KeyLimits, KeyName } from './KeyFields';
import { KEYS_API, type Kind } from './keys-api';

interface Props {
  kind: Kind;
  onIssued: (issued: IssuedKey) => void;
  onDismiss: () => void;
}

export function CreateKeyDialog({ kind, onIssued, onDismiss }: Props) {
  const tenantId = useTenantId();
  const idempotencyKey = useIdempotency();
  const [opened] = useState(Date.now);
  const [name, setName] = useState('');
  const [signals, setSignals] = useState<readonly Signal[]>(SIGNALS);
  const [expiry, setExpiry] = useState<Expiry>({ kind: 'never' });
  const [limits, setLimits] = useState<LimitTexts>({});
  const { run, running, failure } = useCall();

  const submit = () =>
    run(async () => {
      const key = {
        name,
        signals: [...signals],
        expiresAt: expiresAt(expiry, opened) ?? null,
        limits: limitsIn(limits),
      };
      onIssued(await KEYS_API[kind].create(tenantId, key, idempotencyKey(key)));
    });

  const signalsLabel = kind === 'ingestion' ? t('admin.keys.pushes', 'May push') : t('admin.tokens.reads', 'May read');
  return (
    <FormDialog
      title={
        kind === 'ingestion'
          ? t('admin.create-key.title', 'Create an ingestion key')
          : t('admin.create-token.title', 'Create a query token')
      }
      submit={t('admin.create-key.submit', 'Create')}
      running={running}
      failure={failure}
      fields={['body.name', 'body.signals', 'body.expiresAt', 'body.limits']}
      isComplete={name.trim() !== '' && signals.length > 0}
      onSubmit={submit}
      onDismiss={onDismiss}
    >
      <KeyName value={name} onChange={setName} failure={failure} />
      <FormField
        label={signalsLabel}
        mistake={
          mistakeAt(failure, 'body.signals') ??
          (signals.length === 0 ? t('admin.create-key.no-signal', 'Choose at least one signal.') : undefined)
        }
      >
        <FieldGroup label={signalsLabel} minWidth={14}>
          {SIGNALS.map((signal) => (
            <Checkbox
              key={signal}
              label={signalName(signal)}
              value={signals.includes(signal)}
              onChange={({ currentTarget: { checked } }) =>
                setSignals(SIGNALS.filter((other) => (other === signal ? checked : signals.includes(other))))
              }
            />
          ))}
        </FieldGroup>
      </FormField>
      <ExpiryField value={expiry} onChange={setExpiry} mistake={mistakeAt(failure, 'body.expiresAt')} />
      {kind === 'ingestion' && <KeyLimits value={limits} onChange={setLimits} failure={failure} />}
    </FormDialog>
  );
}

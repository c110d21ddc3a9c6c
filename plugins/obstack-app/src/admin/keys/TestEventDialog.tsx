import React, { useState } from 'react';
import { RadioButtonGroup } from '@grafana/ui';
import type { Key, Signal, TestEventResult } from '@obstack/contracts';
import { t } from '../../i18n';
import { controlPlane } from '../../api/control-plane';
import { mistakeAt } from '../../api/failure';
import { useCall } from '../../api/use-call';
import { signalName } from '../../search/signals';
import { useTenantId } from '../access';
import { FormDialog } from '../parts/FormDialog';
import { TestEventSteps } from './TestEventSteps';
import { FormField } from '../parts/FormField';
import { TextField } from '../parts/TextField';

interface Props {
  apiKey: Key;
  /** Just made, and so known here; without it somebody may enter it. */
  secret: string | undefined;
  onDismiss: () => void;
}

/** Pushes one record as an agent would, and shows how far it came. */
export function TestEventDialog({ apiKey, secret: known, onDismiss }: Props) {
  const tenantId = useTenantId();
  const [signal, setSignal] = useState<Signal>(apiKey.signals[0] ?? 'logs');
  const [secret, setSecret] = useState(known ?? '');
  const [result, setResult] = useState<TestEventResult>();
  const { run, running, failure } = useCall();

  const send = () =>
    run(async () => {
      setResult(undefined);
      const body = { signal, ...(secret !== '' && { secret }) };
      setResult(await controlPlane.sendTestEvent({ params: { tenantId, keyId: apiKey.id }, body }));
    });

  return (
    <FormDialog
      title={t('admin.test.title', 'Send a test event with {{name}}', { name: apiKey.name })}
      submit={result ? t('admin.test.again', 'Send another') : t('admin.test.submit', 'Send')}
      running={running}
      failure={failure}
      fields={['body.secret', 'body.signal']}
      onSubmit={send}
      onDismiss={onDismiss}
      dismiss={t('admin.dialog.close', 'Close')}
    >
      <FormField label={t('admin.test.signal', 'Signal')} mistake={mistakeAt(failure, 'body.signal')}>
        <RadioButtonGroup
          aria-label={t('admin.test.signal', 'Signal')}
          options={apiKey.signals.map((value) => ({ value, label: signalName(value) }))}
          value={signal}
          onChange={setSignal}
        />
      </FormField>
      <TextField
        label={t('admin.test.secret', 'Secret')}
        description={t(
          'admin.test.secret-hint',
          'Enter what the agent has to try that very text. Left empty, a stand-in with the same rights is used.'
        )}
        mistake={mistakeAt(failure, 'body.secret')}
        id="obstack-test-secret"
        type="password"
        autoComplete="off"
        value={secret}
        onChange={(text) => setSecret(text.trim())}
      />
      {(running || result) && <TestEventSteps running={running} result={result} />}
    </FormDialog>
  );
}

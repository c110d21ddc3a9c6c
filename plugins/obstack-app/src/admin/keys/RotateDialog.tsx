import React, { useState } from 'react';
import { Trans } from '@grafana/i18n';
import { RadioButtonGroup } from '@grafana/ui';
import type { IssuedKey, Key } from '@obstack/contracts';
import { t } from '../../i18n';
import { mistakeAt } from '../../api/failure';
import { useCall } from '../../api/use-call';
import { useIdempotency } from '../../api/use-idempotency';
import { useTenantId } from '../access';
import { FormDialog } from '../parts/FormDialog';
import { KEYS_API, type Kind } from './keys-api';
import { FormField } from '../parts/FormField';

const OVERLAPS = [0, 3600, 86_400, 7 * 86_400, 30 * 86_400] as const;

interface Props {
  kind: Kind;
  old: Key;
  onIssued: (issued: IssuedKey) => void;
  onDismiss: () => void;
}

export function RotateDialog({ kind, old, onIssued, onDismiss }: Props) {
  const tenantId = useTenantId();
  const idempotencyKey = useIdempotency();
  const [overlap, setOverlap] = useState<number>(86_400);
  const { run, running, failure } = useCall();

  const submit = () =>
    run(async () => onIssued(await KEYS_API[kind].rotate(tenantId, old.id, overlap, idempotencyKey(overlap))));

  return (
    <FormDialog
      title={t('admin.rotate.title', 'Rotate {{name}}', { name: old.name })}
      submit={t('admin.rotate.submit', 'Rotate')}
      running={running}
      failure={failure}
      fields={['body.overlapSeconds']}
      onSubmit={submit}
      onDismiss={onDismiss}
    >
      <p>
        <Trans i18nKey="admin.rotate.what">
          A new one takes over, with the same name, signals and limits. Put it in place before the old one ends.
        </Trans>
      </p>
      <FormField
        label={t('admin.rotate.overlap', 'The old one goes on working for')}
        mistake={mistakeAt(failure, 'body.overlapSeconds')}
      >
        <RadioButtonGroup
          aria-label={t('admin.rotate.overlap', 'The old one goes on working for')}
          options={OVERLAPS.map((value) => ({ value: value as number, label: overlapName(value) }))}
          value={overlap}
          onChange={setOverlap}
        />
      </FormField>
    </FormDialog>
  );
}

function overlapName(seconds: (typeof OVERLAPS)[number]): string {
  switch (seconds) {
    case 0:
      return t('admin.rotate.none', 'no time');
    case 3600:
      return t('admin.rotate.hour', 'an hour');
    case 86_400:
      return t('admin.rotate.day', 'a day');
    case 604_800:
      return t('admin.rotate.week', 'a week');
    default:
      return t('admin.rotate.month', '30 days');
  }
}

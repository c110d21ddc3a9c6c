import React from 'react';
import { Field, Input } from '@grafana/ui';
import { t } from '../../i18n';

interface Props {
  value: string;
  onChange: (value: string) => void;
  mistake: string | undefined;
}

export function RoleDescription({ value, onChange, mistake }: Props) {
  return (
    <Field label={t('admin.roles.description', 'Description')} invalid={mistake !== undefined} error={mistake}>
      <Input id="obstack-role-description" value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    </Field>
  );
}

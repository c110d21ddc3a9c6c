import React from 'react';
import { Input } from '@grafana/ui';
import { t } from '../../i18n';
import { FormField } from '../parts/FormField';

interface Props {
  value: string;
  onChange: (value: string) => void;
  mistake: string | undefined;
}

export function RoleDescription({ value, onChange, mistake }: Props) {
  return (
    <FormField label={t('admin.roles.description', 'Description')} mistake={mistake}>
      <Input id="obstack-role-description" value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    </FormField>
  );
}

import React from 'react';
import { t } from '../../i18n';
import { TextField } from '../parts/TextField';

interface Props {
  value: string;
  onChange: (value: string) => void;
  mistake: string | undefined;
}

export function RoleDescription({ value, onChange, mistake }: Props) {
  return (
    <TextField
      label={t('admin.roles.description', 'Description')}
      mistake={mistake}
      id="obstack-role-description"
      value={value}
      onChange={onChange}
    />
  );
}

import React, { type ComponentProps } from 'react';
import { Input } from '@grafana/ui';
import { FormField } from './FormField';

type Props = Pick<ComponentProps<typeof FormField>, 'label' | 'description' | 'mistake' | 'required'> &
  Pick<ComponentProps<typeof Input>, 'type' | 'autoComplete' | 'autoFocus'> & {
    id: string;
    value: string;
    onChange: (text: string) => void;
  };

/** A field of a form for one line of text. */
export function TextField({ id, value, onChange, type, autoComplete, autoFocus, ...field }: Props) {
  return (
    <FormField {...field}>
      <Input
        id={id}
        type={type}
        autoComplete={autoComplete}
        autoFocus={autoFocus}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </FormField>
  );
}

import React, { type ComponentProps } from 'react';
import { Field } from '@grafana/ui';

type Props = Omit<ComponentProps<typeof Field>, 'invalid' | 'error'> & {
  /** What the answer found wrong with it; see `mistakeAt`. */
  mistake: string | undefined;
};

/** A field of a form that says what is wrong with it. */
export function FormField({ mistake, ...field }: Props) {
  return <Field {...field} invalid={mistake !== undefined} error={mistake} />;
}

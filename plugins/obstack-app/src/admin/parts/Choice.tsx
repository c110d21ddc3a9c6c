import React, { useId } from 'react';
import { Combobox } from '@grafana/ui';

interface Props<T extends string> {
  label: string;
  width: number;
  options: readonly T[];
  /** What an option is called. */
  name: (option: T) => string;
  value: T;
  onChange: (value: T) => void;
}

/** One of a few, as a filter: its label is heard, and its value says the rest. */
export function Choice<T extends string>({ label, width, options, name, value, onChange }: Props<T>) {
  const id = useId();
  return (
    <div>
      <span id={id} className="sr-only">
        {label}
      </span>
      <Combobox
        aria-labelledby={id}
        width={width}
        options={options.map((option) => ({ value: option, label: name(option) }))}
        value={value}
        onChange={(chosen) => onChange(chosen.value)}
      />
    </div>
  );
}

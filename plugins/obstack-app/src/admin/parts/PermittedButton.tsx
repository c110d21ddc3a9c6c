import React, { type ReactNode } from 'react';
import { Button, type ButtonProps, IconButton } from '@grafana/ui';
import type { IconName } from '@grafana/data';

type Props = Omit<ButtonProps, 'children' | 'aria-label'> & {
  children: ReactNode;
  /** Why it cannot be used, which its tooltip then says; undefined: it can. */
  hindrance: string | undefined;
};

/** A button that says why it does nothing, instead of not being there. */
export function PermittedButton({ hindrance, tooltip, disabled, children, ...props }: Props) {
  return (
    <Button {...props} disabled={disabled || hindrance !== undefined} tooltip={hindrance ?? tooltip}>
      {children}
    </Button>
  );
}

interface IconProps {
  name: IconName;
  label: string;
  hindrance: string | undefined;
  onClick: () => void;
  variant?: 'secondary' | 'destructive';
}

/** The same, as an icon in a row of a table. */
export function PermittedIcon({ name, label, hindrance, onClick, variant = 'secondary' }: IconProps) {
  return (
    <IconButton
      name={name}
      variant={variant}
      aria-label={label}
      tooltip={hindrance === undefined ? label : `${label}: ${hindrance}`}
      disabled={hindrance !== undefined}
      onClick={onClick}
    />
  );
}

import React, { type ReactNode } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

interface Props {
  label: string;
  /** Beside each other as far as there is room, each as wide as this (in units of the theme); without it below each other. */
  minWidth?: number;
  children: ReactNode;
}

/** Several controls in one Field, which hands its child props that are of no use to a plain element. */
export function FieldGroup({ label, minWidth, children }: Props) {
  const styles = useStyles2(getStyles, minWidth);
  return (
    <div className={styles.group} role="group" aria-label={label}>
      {children}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2, minWidth: number | undefined) => ({
  group: css({
    display: 'grid',
    gap: theme.spacing(1),
    justifyItems: 'start',
    ...(minWidth && { gridTemplateColumns: `repeat(auto-fill, minmax(${theme.spacing(minWidth)}, 1fr))` }),
  }),
});

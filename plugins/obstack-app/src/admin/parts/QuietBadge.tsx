import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

/** For what is over, or goes without saying. (Grafana's own grey one is too faint to read on light ground.) */
export function QuietBadge({ text }: { text: string }) {
  return <span className={useStyles2(getStyles)}>{text}</span>;
}

const getStyles = (theme: GrafanaTheme2) =>
  css({
    padding: theme.spacing(0.25, 0.75),
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    color: theme.colors.text.primary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightRegular,
    whiteSpace: 'nowrap',
  });

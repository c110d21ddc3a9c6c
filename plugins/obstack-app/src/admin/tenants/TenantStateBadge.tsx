import React from 'react';
import { Badge, type BadgeColor } from '@grafana/ui';
import type { TenantState } from '@obstack/contracts';
import { tenantStateName } from '../names';

const COLOR: Readonly<Record<TenantState, BadgeColor>> = {
  provisioning: 'blue',
  ready: 'green',
  suspended: 'orange',
  deleting: 'red',
};

export function TenantStateBadge({ state }: { state: TenantState }) {
  return <Badge color={COLOR[state]} text={tenantStateName(state)} />;
}

import React from 'react';
import { RadioButtonGroup } from '@grafana/ui';
import type { Plan as PlanName } from '@obstack/contracts';
import { t } from '../../i18n';
import { Plan } from '../../api/terms';
import { planName } from '../names';
import { FormField } from '../parts/FormField';

interface Props {
  value: PlanName;
  onChange: (plan: PlanName) => void;
  mistake: string | undefined;
}

export function PlanField({ value, onChange, mistake }: Props) {
  return (
    <FormField label={t('admin.tenants.plan', 'Plan')} mistake={mistake}>
      <RadioButtonGroup
        aria-label={t('admin.tenants.plan', 'Plan')}
        options={Plan.options.map((plan) => ({ value: plan, label: planName(plan) }))}
        value={value}
        onChange={onChange}
      />
    </FormField>
  );
}

/** What is the same in a key that is made and in one that is changed. */
import React, { useState } from 'react';
import { CollapsableSection } from '@grafana/ui';
import { t } from '../../i18n';
import { mistakeAt } from '../../api/failure';
import { limitsOf } from '../../api/terms';
import type { Failure } from '../../streams/failure';
import { useAccess } from '../access';
import { LimitFields, type LimitTexts } from '../limits/LimitFields';
import { TextField } from '../parts/TextField';

interface NameProps {
  value: string;
  onChange: (name: string) => void;
  failure: Failure | undefined;
}

export function KeyName({ value, onChange, failure }: NameProps) {
  return (
    <TextField
      label={t('admin.keys.name', 'Name')}
      description={t(
        'admin.create-key.name-hint',
        'Of whoever will use it, so that you know what stops when you revoke it.'
      )}
      mistake={mistakeAt(failure, 'body.name')}
      required
      id="obstack-key-name"
      value={value}
      onChange={onChange}
      autoFocus
    />
  );
}

interface LimitsProps {
  value: LimitTexts;
  onChange: (limits: LimitTexts) => void;
  failure: Failure | undefined;
}

/** Folded away, as few keys have any: unless there are some, or one of them is wrong. */
export function KeyLimits({ value, onChange, failure }: LimitsProps) {
  const { tenant } = useAccess();
  const [isOpen, setOpen] = useState(Object.keys(value).length > 0);
  return (
    <CollapsableSection
      label={t('admin.create-key.limits', 'Limits of its own, below the tenant’s')}
      isOpen={isOpen || mistakeAt(failure, 'body.limits') !== undefined}
      onToggle={setOpen}
    >
      <LimitFields
        value={value}
        onChange={onChange}
        inherited={tenant && limitsOf(tenant.plan, tenant.limits)}
        failure={failure}
      />
    </CollapsableSection>
  );
}

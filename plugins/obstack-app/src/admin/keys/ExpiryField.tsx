import React from 'react';
import { dateTimeFormat } from '@grafana/data';
import { Input, RadioButtonGroup } from '@grafana/ui';
import { t } from '../../i18n';
import { FieldGroup } from '../parts/FieldGroup';
import { FormField } from '../parts/FormField';

/** `kept`: as it is. */
export type Expiry =
  { kind: 'kept' } | { kind: 'never' } | { kind: 'days'; days: number } | { kind: 'date'; date: string };

const DAY_MS = 24 * 3600 * 1000;
const CHOICES = ['never', '30', '90', '365', 'date'] as const;
type Choice = (typeof CHOICES)[number];

/** As the API takes it, undefined for as it is; a date is over at its end, where the person is. */
export function expiresAt(expiry: Expiry, now: number): string | null | undefined {
  switch (expiry.kind) {
    case 'kept':
      return undefined;
    case 'never':
      return null;
    case 'days':
      return new Date(now + expiry.days * DAY_MS).toISOString();
    case 'date': {
      const end = new Date(`${expiry.date}T23:59:59.999`);
      return Number.isNaN(end.getTime()) ? null : end.toISOString();
    }
  }
}

interface Props {
  value: Expiry;
  onChange: (value: Expiry) => void;
  mistake: string | undefined;
  /** Its end as it is now, which may stay. */
  kept?: string | undefined;
}

export function ExpiryField({ value, onChange, mistake, kept }: Props) {
  const choice: Choice | 'kept' = value.kind === 'days' ? (String(value.days) as Choice) : value.kind;
  const choose = (next: Choice | 'kept') => {
    if (next === 'kept') {
      onChange({ kind: 'kept' });
    } else if (next === 'never') {
      onChange({ kind: 'never' });
    } else if (next === 'date') {
      onChange({ kind: 'date', date: new Date(Date.now() + 7 * DAY_MS).toISOString().slice(0, 10) });
    } else {
      onChange({ kind: 'days', days: Number(next) });
    }
  };
  const asNow = (until: string) => t('admin.expiry.kept', 'As now: {{when}}', { when: dateTimeFormat(until) });
  return (
    <FormField label={t('admin.keys.expires', 'Expires')} mistake={mistake}>
      <FieldGroup label={t('admin.keys.expires', 'Expires')}>
        <RadioButtonGroup
          aria-label={t('admin.keys.expires', 'Expires')}
          options={[
            ...(kept === undefined ? [] : [{ value: 'kept' as const, label: asNow(kept) }]),
            ...CHOICES.map((option) => ({ value: option, label: choiceName(option) })),
          ]}
          value={choice}
          onChange={choose}
        />
        {value.kind === 'date' && (
          <Input
            id="obstack-key-expiry"
            type="date"
            width={20}
            aria-label={t('admin.expiry.date', 'Last day')}
            value={value.date}
            onChange={(event) => onChange({ kind: 'date', date: event.currentTarget.value })}
          />
        )}
      </FieldGroup>
    </FormField>
  );
}

function choiceName(choice: Choice): string {
  switch (choice) {
    case 'never':
      return t('admin.expiry.never', 'Never');
    case '30':
      return t('admin.expiry.30', '30 days');
    case '90':
      return t('admin.expiry.90', '90 days');
    case '365':
      return t('admin.expiry.365', 'A year');
    case 'date':
      return t('admin.expiry.on', 'On a day');
  }
}

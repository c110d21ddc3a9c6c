import React, { type FormEvent } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Input, TimeRangeInput, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import { useDraft } from '../../use-draft';
import { Choice } from '../parts/Choice';
import { type AuditUrl, noRange, OUTCOME_VIEWS, rangeOf, timesOf } from './audit-url';
import { outcomeName } from './outcome-name';

interface Props {
  url: AuditUrl;
  onChange: (patch: Partial<AuditUrl>) => void;
}

export function AuditFilters({ url, onChange }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.filters}>
      <TextFilter
        label={t('admin.audit.action', 'Action')}
        value={url.action}
        onChange={(action) => onChange({ action })}
      />
      <TextFilter
        label={t('admin.audit.actor', 'Who: e-mail address or id')}
        value={url.actor}
        onChange={(actor) => onChange({ actor })}
      />
      <TextFilter
        label={t('admin.audit.target', 'Id of the target')}
        value={url.target}
        onChange={(target) => onChange({ target })}
      />
      <Choice
        label={t('admin.audit.outcome', 'Outcome')}
        width={18}
        options={OUTCOME_VIEWS}
        name={outcomeName}
        value={url.outcome}
        onChange={(outcome) => onChange({ outcome })}
      />
      <div className={styles.time}>
        <TimeRangeInput
          clearable
          value={rangeOf(url) ?? noRange()}
          onChange={(range) => onChange(timesOf(range))}
          placeholder={t('admin.audit.all-time', 'All time')}
        />
      </div>
    </div>
  );
}

interface TextFilterProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** Asked for with Enter, or by going on: each change is another question to the log. */
function TextFilter({ label, value, onChange }: TextFilterProps) {
  const [draft, setDraft] = useDraft(value);
  const commit = () => draft.trim() !== value && onChange(draft.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    commit();
  };
  return (
    <form onSubmit={submit}>
      <Input
        width={24}
        aria-label={label}
        placeholder={label}
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={commit}
      />
    </form>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  filters: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) }),
  time: css({ minWidth: theme.spacing(26) }),
});

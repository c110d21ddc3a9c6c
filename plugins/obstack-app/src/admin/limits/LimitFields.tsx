import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { LimitOverrides, Limits } from '@obstack/contracts';
import { Input, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import { mistakeAt } from '../../api/failure';
import type { Failure } from '../../streams/failure';
import { formatLimit, LIMIT_NAMES, limitName, type LimitName } from './limit-names';
import { FormField } from '../parts/FormField';

interface Props {
  /** As they were typed; an empty one is not set. */
  value: LimitTexts;
  onChange: (value: LimitTexts) => void;
  /** What holds where nothing is set. */
  inherited: Limits | undefined;
  failure: Failure | undefined;
}

export type LimitTexts = Partial<Record<LimitName, string>>;

/** One number for each limit; what is left empty goes with what it inherits. */
export function LimitFields({ value, onChange, inherited, failure }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.grid}>
      {LIMIT_NAMES.map((name) => {
        const mistake = mistakeAt(failure, `body.limits.${name}`);
        return (
          <FormField key={name} label={limitName(name)} mistake={mistake} noMargin>
            <Input
              id={`obstack-limit-${name}`}
              type="number"
              min={1}
              value={value[name] ?? ''}
              placeholder={
                inherited &&
                t('admin.limit.inherited', '{{amount}}, as inherited', { amount: formatLimit(name, inherited[name]) })
              }
              onChange={(event) => onChange({ ...value, [name]: event.currentTarget.value })}
            />
          </FormField>
        );
      })}
    </div>
  );
}

/** Those that are set. Whether each is a number that may be is for the API to say. */
export function limitsIn(texts: LimitTexts): LimitOverrides {
  return Object.fromEntries(
    LIMIT_NAMES.filter((name) => texts[name]).map((name) => [name, Number(texts[name])])
  ) as LimitOverrides;
}

export function textsOf(limits: LimitOverrides): LimitTexts {
  return Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, String(value)]));
}

const getStyles = (theme: GrafanaTheme2) => ({
  grid: css({
    display: 'grid',
    gridTemplateColumns: `repeat(auto-fill, minmax(${theme.spacing(28)}, 1fr))`,
    gap: theme.spacing(1.5),
  }),
});

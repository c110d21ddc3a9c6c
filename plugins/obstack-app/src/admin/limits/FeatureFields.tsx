import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { FeatureOverrides, Plan } from '@obstack/contracts';
import { RadioButtonGroup, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import { mistakeAt } from '../../api/failure';
import { FEATURES, hasFeature } from '../../api/terms';
import type { Failure } from '../../streams/failure';
import { featureName } from '../names';
import { FormField } from '../parts/FormField';

interface Props {
  value: FeatureOverrides;
  onChange: (value: FeatureOverrides) => void;
  /** What holds where nothing is set. */
  plan: Plan;
  failure: Failure | undefined;
}

type Choice = 'plan' | 'given' | 'taken';

/** Each feature as the plan has it, or given or taken for this tenant alone. */
export function FeatureFields({ value, onChange, plan, failure }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.grid}>
      {FEATURES.map((feature) => {
        const { [feature]: own, ...others } = value;
        const choose = (choice: Choice) =>
          onChange(choice === 'plan' ? others : { ...others, [feature]: choice === 'given' });
        const mistake = mistakeAt(failure, `body.features.${feature}`);
        return (
          <FormField key={feature} label={featureName(feature)} mistake={mistake} noMargin>
            <RadioButtonGroup<Choice>
              aria-label={featureName(feature)}
              size="sm"
              options={[
                { value: 'plan', label: hasFeature(plan, {}, feature) ? byPlanYes() : byPlanNo() },
                { value: 'given', label: t('admin.features.given', 'Yes') },
                { value: 'taken', label: t('admin.features.taken', 'No') },
              ]}
              value={own === undefined ? 'plan' : own ? 'given' : 'taken'}
              onChange={choose}
            />
          </FormField>
        );
      })}
    </div>
  );
}

const byPlanYes = () => t('admin.features.plan-yes', 'As the plan: yes');
const byPlanNo = () => t('admin.features.plan-no', 'As the plan: no');

const getStyles = (theme: GrafanaTheme2) => ({
  grid: css({
    display: 'grid',
    gridTemplateColumns: `repeat(auto-fill, minmax(${theme.spacing(34)}, 1fr))`,
    gap: theme.spacing(1.5),
    marginBottom: theme.spacing(2),
  }),
});

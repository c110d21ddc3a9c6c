import React from 'react';
import { RadioButtonGroup } from '@grafana/ui';
import type { SearchHit } from '@obstack/contracts/search';
import { t } from '../i18n';
import { testIds } from '../testIds';
import { formatCount } from './format';
import { SIGNAL_VIEWS, type SignalView } from './search-url';
import { SIGNAL_ICON, signalName } from './signals';

interface Props {
  hits: readonly SearchHit[];
  value: SignalView;
  onChange: (value: SignalView) => void;
}

/** Which of the results to show, with how many there are so far. */
export function SignalTabs({ hits, value, onChange }: Props) {
  const options = SIGNAL_VIEWS.map((view) => {
    const count = view === 'all' ? hits.length : hits.filter(({ signal }) => signal === view).length;
    const name = view === 'all' ? t('search.signals.all', 'All') : signalName(view);
    return {
      value: view,
      label: `${name} ${formatCount(count)}`,
      ...(view !== 'all' && { icon: SIGNAL_ICON[view] }),
    };
  });
  return (
    <div data-testid={testIds.search.signals}>
      <RadioButtonGroup
        size="sm"
        aria-label={t('search.signals.label', 'Signals')}
        options={options}
        value={value}
        onChange={onChange}
      />
    </div>
  );
}
